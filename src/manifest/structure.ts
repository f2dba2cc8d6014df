import { isRecord } from '../core/json.ts';

/**
 * Why an entry cannot be used, or undefined when its shape is sound. The same rules as the schemas in entry.ts for
 * what is needed to start a server, without the cost of loading a schema library.
 */
export function flawOf(entry: unknown): string | undefined {
  if (!isRecord(entry)) return 'it is not an object';
  const { command, url } = entry;
  if (command !== undefined && url !== undefined) return 'it has both "command" and "url"';
  if (url !== undefined) return isFilled(url) ? flawOfRemote(entry) : '"url" is not a text';
  if (command !== undefined) return isFilled(command) ? flawOfStdio(entry) : '"command" is not a text';
  return 'it has neither "command" nor "url"';
}

function flawOfStdio({ args, env, cwd }: Record<string, unknown>): string | undefined {
  if (args !== undefined && !isTextList(args)) return '"args" is not a list of texts';
  if (env !== undefined && !isTextMap(env)) return '"env" is not an object of texts';
  if (cwd !== undefined && typeof cwd !== 'string') return '"cwd" is not a text';
  return undefined;
}

function flawOfRemote({ headers, scopes }: Record<string, unknown>): string | undefined {
  if (headers !== undefined && !isTextMap(headers)) return '"headers" is not an object of texts';
  if (scopes !== undefined && !isTextList(scopes)) return '"scopes" is not a list of texts';
  return undefined;
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isTextMap(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((item) => typeof item === 'string');
}

/** Root keys of clients' files, which people copy from. */
const OTHER_ROOTS = ['servers', 'mcp', 'mcp_servers', 'context_servers', 'extensions', 'amp.mcpServers'];

/** The key of a manifest without `mcpServers` under which its servers seem to stand, where they do not count. */
export function strayRootOf(root: Readonly<Record<string, unknown>>): string | undefined {
  if (root.mcpServers !== undefined) return undefined;
  const key = Object.keys(root).find(
    (name) => OTHER_ROOTS.includes(name) || name.replaceAll(/[^a-z]/gi, '').toLowerCase() === 'mcpservers',
  );
  return key !== undefined && isRecord(root[key]) ? key : undefined;
}

const SOURCE_FIELDS = new Map<unknown, readonly string[]>(
  Object.entries({
    command: [],
    git: ['url', 'commit', 'entry'],
    mcpb: ['origin', 'sha256', 'name', 'version'],
    npm: ['package', 'version', 'integrity', 'bin'],
    oci: ['image', 'digest'],
    path: ['path'],
    pypi: ['package', 'version'],
    remote: ['url'],
  }),
);

/** Why a parsed lock file cannot be used, or undefined. */
export function flawOfLock(lock: unknown): string | undefined {
  if (!isRecord(lock)) return 'it does not hold an object';
  const { lockfileVersion, servers } = lock;
  if (lockfileVersion !== 1) {
    return typeof lockfileVersion === 'number' && lockfileVersion > 1
      ? `its lockfileVersion is ${lockfileVersion}, written by a newer mcpctl`
      : 'its lockfileVersion is not 1';
  }
  if (!isRecord(servers)) return '"servers" is not an object';
  for (const [name, entry] of Object.entries(servers)) {
    const versions = isRecord(entry) ? [entry, ...(Array.isArray(entry.previous) ? entry.previous : [])] : [];
    if (versions.length === 0) return `servers.${name} is not an object`;
    const flaw = versions.map(flawOfVersion).find((found) => found !== undefined);
    if (flaw) return `servers.${name}: ${flaw}`;
  }
  return undefined;
}

function flawOfVersion(version: unknown): string | undefined {
  if (!isRecord(version) || !isRecord(version.source)) return 'it has no "source"';
  const { source, runtime, tools } = version;
  const fields = SOURCE_FIELDS.get(source.type);
  if (!fields) return `its source type ${JSON.stringify(source.type)} is not known`;
  const missing = fields.find((field) => !isFilled(source[field]));
  if (missing) return `its source has no "${missing}"`;
  if (
    runtime !== undefined &&
    !(isRecord(runtime) && ['package', 'version', 'integrity'].every((f) => isFilled(runtime[f])))
  )
    return 'its "runtime" is not complete';
  if (tools !== undefined && !(isRecord(tools) && isTextMap(tools.tools) && isFilled(tools.hash)))
    return 'its "tools" are not complete';
  return undefined;
}
