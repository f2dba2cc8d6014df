import { basename, isAbsolute } from 'node:path';
import type { ClientEntry } from '../../clients/entry.ts';
import { fromManifest } from '../../clients/manifest-entry.ts';
import { type JsonObject, recordsIn } from '../../core/json.ts';
import { hasReference } from '../../core/reference.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import { quoted } from '../../core/shell-quote.ts';
import { type Installation, snippetsFor } from '../../docs/install-snippets.ts';
import type { LockEntry } from '../../manifest/lock-schema.ts';
import type { NamedServer } from '../servers/server-or-project.ts';
import { withoutSecrets } from '../servers/server-row.ts';

/**
 * How somebody else would install the server: nothing of this machine, and no value that could be a secret, stands
 * in it.
 */
export async function installationOf(
  { chosen, project }: NamedServer,
  lock: LockEntry | undefined,
): Promise<Installation> {
  const { name, entry } = chosen.server;
  const published = project?.registryEntry ? publishedEntry(project.registryEntry) : undefined;
  const command = published
    ? `mcpctl add ${quoted(published.source)}`
    : project
      ? `mcpctl add ${quoted(`./${basename(project.folder)}`)}`
      : lock && commandOf(name, lock);
  // Files of a bundle lie where this machine unpacked them.
  const isUnpacked = lock?.source.type === 'mcpb';
  const shown = published?.entry ?? (isUnpacked ? undefined : impersonal(fromManifest(entry)));
  const found = shown ? await snippetsFor(name, shown) : { snippets: [], left: [] };
  return { ...(command !== undefined && { command }), ...found };
}

/** The first package of server.json that a client can start by a plain command. */
function publishedEntry({ packages }: JsonObject): { source: string; entry: ClientEntry } | undefined {
  for (const found of recordsIn(packages)) {
    const { registryType, identifier, version, packageArguments, environmentVariables } = found;
    const id = String(identifier);
    const args = recordsIn(packageArguments).flatMap(({ value }) =>
      typeof value === 'string' ? [value] : [],
    );
    const needed = recordsIn(environmentVariables).filter(({ isRequired }) => isRequired === true);
    const env = Object.fromEntries(needed.map(({ name }) => [String(name), `\${${String(name)}}`]));
    const rest = { kind: 'stdio', env } as const;
    if (registryType === 'npm') {
      const spec = `${id}@${String(version)}`;
      return { source: `npm:${spec}`, entry: { ...rest, command: 'npx', args: ['-y', spec, ...args] } };
    }
    if (registryType === 'pypi') {
      const spec = `${id}==${String(version)}`;
      return { source: `pypi:${spec}`, entry: { ...rest, command: 'uvx', args: [spec, ...args] } };
    }
  }
  return undefined;
}

function commandOf(name: string, { catalog, source }: LockEntry): string | undefined {
  if (catalog !== undefined) return `mcpctl add ${quoted(catalog)}`;
  switch (source.type) {
    case 'npm':
      return `mcpctl add ${quoted(`npm:${source.package}@${source.version}`)}`;
    case 'pypi':
      return `mcpctl add ${quoted(`pypi:${source.package}==${source.version}`)}`;
    case 'oci':
      return `mcpctl add ${quoted(`oci:${source.image}`)}`;
    case 'git':
      return `mcpctl add ${quoted(`git+${source.url}#${source.commit}`)}`;
    case 'remote':
      return `mcpctl add ${quoted(withoutSecrets(source.url))} --name ${quoted(name)}`;
    case 'mcpb':
      return `mcpctl add ${quoted(`./${source.name}-${source.version}.mcpb`)}`;
    default:
      return undefined;
  }
}

/** Values of this machine's user become references, its folders a placeholder. */
function impersonal(entry: ClientEntry): ClientEntry {
  if (entry.kind === 'remote') {
    return {
      ...entry,
      url: hasReference(entry.url) ? entry.url : withoutSecrets(entry.url),
      headers: asReferences(entry.headers),
    };
  }
  const { cwd, ...rest } = entry;
  return {
    ...rest,
    command: placeless(entry.command),
    args: entry.args.map((word, index) => {
      const option = entry.args[index - 1] ?? '';
      const isSecret = findLiteralSecret(option.startsWith('-') ? option : '', word) !== undefined;
      return isSecret ? '<value>' : placeless(word);
    }),
    env: asReferences(entry.env),
    ...(cwd !== undefined && { cwd: placeless(cwd) }),
  };
}

function asReferences(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const isSafe = hasReference(value) && findLiteralSecret(name, value) === undefined;
      return [name, isSafe ? value : `\${${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}}`];
    }),
  );
}

/** `/home/ada/servers/weather/dist/main.js` → `/absolute/path/to/weather/dist/main.js`. */
function placeless(word: string): string {
  if (!isAbsolute(word)) return word;
  const parts = word.split(/[\\/]/).filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  if (/^node(\.exe)?$/.test(last)) return 'node';
  const kept = parts.slice(/\.\w+$/.test(last) ? -3 : -1);
  return ['/absolute/path/to', ...kept].join('/');
}
