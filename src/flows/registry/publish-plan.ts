import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { isSystemError, McpctlError, messageOf } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import {
  PUBLISHER_META,
  parseServerDocument,
  SERVER_SCHEMA,
  type ServerDocument,
} from '../../marketplace/document.ts';
import { withProvenance } from '../../marketplace/provenance.ts';
import { execute } from '../../platform/execute.ts';
import { parseBundleManifest } from '../../servers/mcpb/manifest.ts';
import { readArchive } from '../../servers/mcpb/unpack.ts';

/** A bundle that goes to the registry with the document. */
export interface BundleFile {
  /** As it is called there. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface PublishSource {
  /** Absolute; of the server. */
  readonly folder: string;
  readonly document: ServerDocument;
}

/** Reads `server.json` of a folder, or the file itself. @throws SERVER_JSON_INVALID, SECRET_UNSUITABLE, FILE_UNREADABLE. */
export async function readPublishSource(
  place: string,
  { cwd }: Pick<Context, 'cwd'>,
): Promise<PublishSource> {
  const path = resolve(cwd, place);
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const file = isFolder ? join(path, 'server.json') : path;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR')) throw error;
    throw new McpctlError('FILE_UNREADABLE', `There is no ${file} to publish.`, {
      hint: 'Name the folder of a server: mcpctl publish <folder>. A new one has the file: mcpctl new-server',
      cause: error,
    });
  }
  const folder = isFolder ? path : resolve(file, '..');
  const document = parseServerDocument(parsed(text, file), file);
  refuseSecrets(document);
  return { folder, document };
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new McpctlError('SERVER_JSON_INVALID', `${file} is no JSON: ${messageOf(error)}.`, {
      hint: 'Mend it and try again.',
      cause: error,
    });
  }
}

/** Members whose text is a value somebody chose. */
const VALUES = new Set(['value', 'default', 'url', 'identifier']);

/** Everybody reads a registry. @throws SECRET_UNSUITABLE for a value of the document that looks like a secret. */
function refuseSecrets(value: unknown): void {
  if (Array.isArray(value)) value.forEach(refuseSecrets);
  if (!isRecord(value)) return;
  const name = typeof value.name === 'string' ? value.name : '';
  for (const [key, one] of Object.entries(value)) {
    refuseSecrets(one);
    const secret = typeof one === 'string' && VALUES.has(key) ? findLiteralSecret(name, one) : undefined;
    if (!secret) continue;
    throw new McpctlError(
      'SECRET_UNSUITABLE',
      `server.json holds what looks like a secret (${secret.kind}).`,
      {
        hint: 'Let it be asked for: leave out its value, and set "isSecret": true',
      },
    );
  }
}

/** Reads a bundle and compares it with the document. @throws BUNDLE_INVALID, FILE_UNREADABLE. */
export async function readBundleFile(
  path: string,
  { name, version }: ServerDocument,
  { cwd, platform }: Pick<Context, 'cwd' | 'platform'>,
): Promise<BundleFile> {
  const file = resolve(cwd, path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new McpctlError('FILE_UNREADABLE', `The bundle ${file} cannot be read: ${messageOf(error)}.`, {
      hint: 'mcpctl publish --file <bundle.mcpb>',
      cause: error,
    });
  }
  const text = (await readArchive(bytes, file, 'manifest.json')).get('manifest.json');
  if (!text) throw new McpctlError('BUNDLE_INVALID', `${file} holds no manifest.json.`);
  // A bundle for another system may be published from this one.
  const manifest = new TextDecoder().decode(text);
  const system = systemOf(manifest, platform);
  const bundle = parseBundleManifest(manifest, file, system);
  if (bundle.version !== version) {
    throw new McpctlError(
      'BUNDLE_INVALID',
      `${basename(file)} is version ${bundle.version}, server.json ${version}.`,
      {
        hint: 'Give both the same version, and pack the bundle again.',
      },
    );
  }
  const short = name.split('/').at(-1) ?? 'server';
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: `${short}-${version}.mcpb`.replaceAll(/[^A-Za-z0-9._-]/g, '-'), sha256, bytes };
}

function systemOf(manifest: string, here: NodeJS.Platform): NodeJS.Platform {
  try {
    const { compatibility } = JSON.parse(manifest) as { compatibility?: unknown };
    const platforms = isRecord(compatibility) ? compatibility.platforms : undefined;
    if (!Array.isArray(platforms) || platforms.includes(here)) return here;
    return (platforms[0] as NodeJS.Platform | undefined) ?? here;
  } catch {
    return here;
  }
}

export interface DocumentParts {
  readonly bundle?: BundleFile;
  /** Where the bundle will be. */
  readonly address?: string;
  /** True to list the other packages of `server.json` beside the bundle. */
  readonly keepPackages: boolean;
  /** What became of its tests. */
  readonly tested?: string;
}

/** The document as it goes to the registry, with who made it of what. */
export async function documentToPublish(
  { folder, document }: PublishSource,
  { bundle, address, keepPackages, tested }: DocumentParts,
  context: Context,
): Promise<ServerDocument> {
  const { packages = [], _meta, ...rest } = document;
  const others = packages.filter(({ registryType }) => registryType !== 'mcpb');
  const listed = bundle ? (keepPackages ? others : []) : packages;
  const own = bundle && {
    registryType: 'mcpb',
    identifier: address ?? bundle.name,
    version: document.version,
    fileSha256: bundle.sha256,
    transport: { type: 'stdio' as const },
  };
  const all = own ? [own, ...listed] : listed;
  const commit = await commitOf(folder, context);
  const provenance = {
    publishedAt: context.now().toISOString(),
    ...(commit !== undefined && { commit }),
    tools: [`mcpctl ${context.program.version}`, `node ${process.versions.node}`],
    ...(tested !== undefined && { tested }),
    ...(bundle && { files: { [bundle.name]: bundle.sha256 } }),
  };
  return {
    ...rest,
    $schema: rest.$schema ?? SERVER_SCHEMA,
    ...(all.length > 0 && { packages: all }),
    _meta: { [PUBLISHER_META]: withProvenance(_meta?.[PUBLISHER_META], provenance) },
  };
}

const GIT_MS = 10_000;

/** The commit a folder is at; undefined outside git. */
async function commitOf(folder: string, { env, signal }: Context): Promise<string | undefined> {
  const git = async (...args: string[]) =>
    await execute({
      command: 'git',
      args: ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', ...args],
      cwd: folder,
      env,
      deadline: GIT_MS,
      signal,
    });
  try {
    const head = await git('rev-parse', '--verify', 'HEAD');
    const commit = head.stdout.trim();
    if (head.status !== 0 || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
    const changes = await git('status', '--porcelain', '--', '.');
    return changes.stdout.trim() === '' ? commit : `${commit}-dirty`;
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'TOOL_MISSING') return undefined;
    throw error;
  }
}
