import { McpctlError } from '../core/errors.ts';
import {
  type Manifest,
  type ManifestServer,
  type Manifests,
  type ReadManifestsOptions,
  readManifest,
  readManifests,
  requireServer,
} from './manifest.ts';
import type { Scope } from './scopes.ts';

export interface ChosenServer {
  readonly server: ManifestServer;
  /** Folder of the project that counts here, if any. */
  readonly project?: string;
  /** Remarks for stderr: which entry was taken where there was a choice. */
  readonly notes: readonly string[];
}

/**
 * The server a person names here: the project's entry before the user's, with a remark when it is the project's.
 * @throws what `requireServer` and `readManifests` throw.
 */
export async function serverHere(name: string, options: ReadManifestsOptions): Promise<ChosenServer> {
  const manifests = await readManifests(options);
  const server = requireServer(manifests, name);
  const { user } = manifests;
  const hiding = has(user, name) ? `; yours of the same name, in ${user.path}, is not` : '';
  const notes =
    server.scope === 'project' ? [`${name} of this project is used (${server.manifest})${hiding}.`] : [];
  return { server, ...folderOf(manifests), notes };
}

/**
 * The server a client starts. Without `scope` the user's entry wins, and a project's counts only when the user has
 * none: a client's own file says `run <name>` in every folder, and a cloned repository must not decide what that runs.
 * @throws SERVER_UNKNOWN, MANIFEST_INVALID, and what reading the manifest that counts throws.
 */
export async function serverToRun(
  name: string,
  options: ReadManifestsOptions & { readonly scope?: Scope },
): Promise<ChosenServer> {
  const { scope, paths } = options;
  if (scope === 'project') return { ...(await ofProject(name, options)), notes: [] };
  const user = await readManifest(paths.manifest, 'user');
  if (!has(user, name) && scope === undefined) {
    const manifests = await readManifests(options);
    return { server: requireServer(manifests, name), ...folderOf(manifests), notes: [] };
  }
  const server = requireServer({ user, servers: userServers(user) }, name);
  const { project, note } = await besideUser(name, options);
  return { server, ...(project && { project }), notes: note && scope === undefined ? [note] : [] };
}

/** Every entry `serverToRun` would choose without a scope: the user's, and the project's that the user has none for. */
export function serversToRun(user: Manifest, project?: Manifest): ManifestServer[] {
  return [user, project].flatMap((manifest) =>
    manifest
      ? [...manifest.servers].flatMap(([name, entry]) =>
          manifest === project && has(user, name)
            ? []
            : [{ name, entry, scope: manifest.scope, manifest: manifest.path }],
        )
      : [],
  );
}

function has({ servers, broken }: Manifest, name: string): boolean {
  return servers.has(name) || broken.has(name);
}

async function ofProject(
  name: string,
  options: ReadManifestsOptions,
): Promise<Pick<ChosenServer, 'server' | 'project'>> {
  const manifests = await readManifests(options);
  const { project, servers } = manifests;
  if (project && has(project, name))
    return { server: requireServer(manifests, name), ...folderOf(manifests) };
  const isUsers = servers.get(name)?.scope === 'user';
  throw new McpctlError(
    'SERVER_UNKNOWN',
    project
      ? `There is no server ${JSON.stringify(name)} in the project's manifest ${project.path}.`
      : `${JSON.stringify(name)} was asked for in project scope, but ${options.cwd} is in no project with a manifest.`,
    {
      hint: isUsers ? `You have one of your own: mcpctl run ${name}` : `mcpctl add ${name} --scope project`,
      data: { server: name },
    },
  );
}

/** What the project says of a name the user's entry answers to; its manifest may be anything and stops nothing. */
async function besideUser(
  name: string,
  options: ReadManifestsOptions,
): Promise<{ project?: string; note?: string }> {
  try {
    const { project } = await readManifests(options);
    if (!project) return {};
    return {
      ...(project.project && { project: project.project }),
      ...(has(project, name) && {
        note: `your own ${name} runs (${options.paths.manifest}); this project has another of that name (${project.path}), which would run with: mcpctl run ${name} --scope project`,
      }),
    };
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    return { note: `your own ${name} runs; ${error.message}` };
  }
}

function userServers({ servers, path }: Manifests['user']): ReadonlyMap<string, ManifestServer> {
  return new Map([...servers].map(([name, entry]) => [name, { name, entry, scope: 'user', manifest: path }]));
}

function folderOf({ project }: Manifests): { project?: string } {
  return project?.project === undefined ? {} : { project: project.project };
}
