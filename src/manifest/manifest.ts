import { dirname, resolve } from 'node:path';
import { closest } from '../core/closest.ts';
import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { OWN_DIALECT } from '../documents/dialects.ts';
import { readTextFile } from '../documents/read.ts';
import { parseTolerantJson } from '../documents/tolerant-json.ts';
import type { Paths } from '../platform/paths.ts';
import type { ServerEntry } from './entry.ts';
import { findProjectManifest, type Scope } from './scopes.ts';
import { flawOf, strayRootOf } from './structure.ts';

/** One manifest file as it is on disk. */
export interface Manifest {
  readonly scope: Scope;
  /** Absolute. */
  readonly path: string;
  readonly exists: boolean;
  /** The folder that holds `.claude`; undefined for the user's manifest. */
  readonly project?: string;
  /** Entries whose shape is sound, in file order. */
  readonly servers: ReadonlyMap<string, ServerEntry>;
  /** Entries that cannot be used, with the reason; `config validate` has the details. */
  readonly broken: ReadonlyMap<string, string>;
  /** The key its servers stand under when that is not `mcpServers`, so that none of them counts. */
  readonly strayRoot?: string;
}

export interface ManifestServer {
  readonly name: string;
  readonly entry: ServerEntry;
  readonly scope: Scope;
  /** Absolute path of the manifest it comes from. */
  readonly manifest: string;
}

export interface Manifests {
  readonly user: Manifest;
  readonly project?: Manifest;
  /** Every sound server by name; the project's entry wins over the user's. */
  readonly servers: ReadonlyMap<string, ManifestServer>;
}

export interface ReadManifestsOptions {
  readonly paths: Pick<Paths, 'manifest' | 'home'>;
  /** Absolute. */
  readonly cwd: string;
  /** Where the search for a project stops; `paths.home` by default. */
  readonly home?: string;
}

/**
 * Reads the user's and the project's manifest. Light: no schema library, no positions. One broken entry takes no
 * other server down.
 * @throws DOCUMENT_INVALID with line and column when a file does not parse; MANIFEST_INVALID when `mcpServers` is
 * no object; FILE_UNREADABLE.
 */
export async function readManifests({ paths, cwd, home }: ReadManifestsOptions): Promise<Manifests> {
  const found = await findProjectManifest(cwd, home ?? paths.home);
  const [user, project] = await Promise.all([
    readManifest(paths.manifest, 'user'),
    // A project may keep its manifest where the user's is; then it is the user's.
    found && resolve(found) !== resolve(paths.manifest) ? readManifest(found, 'project') : undefined,
  ]);
  const servers = new Map<string, ManifestServer>();
  for (const manifest of [user, project]) {
    if (!manifest) continue;
    for (const [name, entry] of manifest.servers) {
      servers.set(name, { name, entry, scope: manifest.scope, manifest: manifest.path });
    }
    // A broken entry of the project hides the user's: running the other one would surprise.
    for (const name of manifest.broken.keys()) servers.delete(name);
  }
  return { user, ...(project && { project }), servers };
}

/** Reads one manifest; a missing file has no servers. */
export async function readManifest(path: string, scope: Scope): Promise<Manifest> {
  const { text, exists } = await readTextFile(path);
  const root = exists && text.trim() !== '' ? await parse(text, path) : {};
  const servers = new Map<string, ServerEntry>();
  const broken = new Map<string, string>();
  const section = root.mcpServers ?? {};
  if (!isRecord(section)) {
    throw new McpctlError('MANIFEST_INVALID', `${path}: "mcpServers" is not an object.`, {
      hint: `mcpctl config validate ${path}`,
      data: { file: path },
    });
  }
  for (const [name, entry] of Object.entries(section)) {
    const flaw = flawOf(entry);
    if (flaw === undefined) servers.set(name, entry as ServerEntry);
    else broken.set(name, flaw);
  }
  const place = scope === 'project' ? { project: dirname(dirname(path)) } : {};
  const strayRoot = strayRootOf(root);
  return { scope, path, exists, ...place, servers, broken, ...(strayRoot !== undefined && { strayRoot }) };
}

/** What to tell people whose manifest names its servers under another key than `mcpServers`. */
export function strayRoots({
  project,
  user,
}: Pick<Manifests, 'user' | 'project'>): { path: string; message: string; hint: string }[] {
  return [project, user].flatMap((manifest) =>
    manifest?.strayRoot === undefined
      ? []
      : [
          {
            path: manifest.path,
            message: `${manifest.path} has its servers under ${JSON.stringify(manifest.strayRoot)} instead of "mcpServers", so they do not count.`,
            hint: `mcpctl config validate ${manifest.path}`,
          },
        ],
  );
}

/**
 * One server by name.
 * @throws MANIFEST_INVALID when its entry is broken; SERVER_UNKNOWN when there is none.
 */
export function requireServer(manifests: Manifests, name: string): ManifestServer {
  const server = manifests.servers.get(name);
  if (server) return server;
  for (const manifest of [manifests.project, manifests.user]) {
    const flaw = manifest?.broken.get(name);
    if (manifest && flaw) {
      throw new McpctlError(
        'MANIFEST_INVALID',
        `${manifest.path}: the entry of ${name} is broken: ${flaw}.`,
        {
          hint: `mcpctl config validate ${manifest.path}`,
          data: { server: name, file: manifest.path },
        },
      );
    }
  }
  const stray = strayRoots(manifests)[0];
  if (stray) {
    throw new McpctlError('SERVER_UNKNOWN', `There is no server ${JSON.stringify(name)}: ${stray.message}`, {
      hint: stray.hint,
      data: { server: name, file: stray.path },
    });
  }
  const names = [...manifests.servers.keys()].sort();
  const [near] = closest(name, names);
  throw new McpctlError('SERVER_UNKNOWN', `There is no server ${JSON.stringify(name)} in your manifest.`, {
    hint:
      near === undefined
        ? `${names.length === 0 ? '' : `Known: ${names.join(', ')}. `}To add it: mcpctl add ${name}`
        : `Did you mean: ${near}. Known: ${names.join(', ')}.`,
    data: { server: name, known: names },
  });
}

async function parse(text: string, path: string): Promise<Record<string, unknown>> {
  try {
    const root = parseTolerantJson(text);
    if (isRecord(root)) return root;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const [{ openJson }, { invalidDocument }] = await Promise.all([
    import('../documents/jsonc.ts'),
    import('../documents/refusal.ts'),
  ]);
  const [problem] = openJson(text, OWN_DIALECT, path).problems.filter(({ code }) => code === 'SYNTAX');
  throw invalidDocument(path, problem ?? { line: 1, column: 1, message: 'the file is not JSON' });
}
