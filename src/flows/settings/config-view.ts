import type { Context } from '../../cli/context.ts';
import { table } from '../../cli/table.ts';
import type { Json } from '../../core/json.ts';
import { concealed } from '../../documents/conceal.ts';
import { isRemote, type ServerEntry } from '../../manifest/entry.ts';
import { lockPath } from '../../manifest/lock.ts';
import { type Manifests, readManifests } from '../../manifest/manifest.ts';
import { findProjectManifest, type Scope } from '../../manifest/scopes.ts';
import { sha256OfFile } from '../../platform/atomic-write.ts';
import type { Style } from '../../platform/style.ts';
import { findSettings, type LoadedSettings, readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';

export interface PlaceRow {
  readonly what: string;
  /** Absolute. */
  readonly path: string;
  readonly exists: boolean;
}

/** Every file and folder mcpctl reads or writes here. */
export async function placeRows({ paths, cwd }: Pick<Context, 'paths' | 'cwd'>): Promise<PlaceRow[]> {
  const project = await findProjectManifest(cwd, paths.home);
  const settings = await findSettings({ paths, cwd });
  const places: [string, string][] = [
    ['user manifest', paths.manifest],
    ['user lock', lockPath(paths.manifest)],
    ...(project
      ? ([
          ['project manifest', project],
          ['project lock', lockPath(project)],
        ] satisfies [string, string][])
      : []),
    ['settings folder', paths.settings],
    ...settings.map(({ scope, path }): [string, string] => [`${scope} settings`, path]),
    ['installed servers', paths.servers],
    ['cache', paths.cache],
    ['audit', paths.audit],
    ['logs', paths.logs],
    ['control sockets', paths.run],
    ['locks', paths.locks],
    ['backups', paths.backups],
    ['history', paths.history],
  ];
  return await Promise.all(places.map(async ([what, path]) => ({ what, path, exists: await isThere(path) })));
}

export function renderPlaces(rows: readonly PlaceRow[], style: Style): string {
  return table({
    rows: rows.map(({ what, path, exists }) => [what, path, exists ? '' : style.dim('(not there yet)')]),
  });
}

async function isThere(path: string): Promise<boolean> {
  // A folder cannot be read as a file, and that tells that it exists.
  return (await sha256OfFile(path).catch(() => 'a folder')) !== null;
}

export interface ShownConfiguration {
  readonly manifests: readonly { scope: Scope; path: string; exists: boolean }[];
  /** Literal secrets are dots. */
  readonly servers: Readonly<Record<string, { scope: Scope; manifest: string; entry: Json }>>;
  readonly broken: readonly { name: string; manifest: string; reason: string }[];
  readonly settings: Settings;
  /** Where each setting comes from: `default` or a file. */
  readonly sources: LoadedSettings['sources'];
}

/** What is in force here, merged, with where each part comes from. */
export async function shownConfiguration(
  context: Pick<Context, 'paths' | 'cwd'>,
): Promise<ShownConfiguration> {
  const [manifests, loaded] = await Promise.all([readManifests(context), readSettings(context)]);
  const files = filesOf(manifests);
  return {
    manifests: files.map(({ scope, path, exists }) => ({ scope, path, exists })),
    servers: Object.fromEntries(
      [...manifests.servers.values()].map(({ name, entry, scope, manifest }) => [
        name,
        { scope, manifest, entry: concealed(entry as Json) },
      ]),
    ),
    broken: files.flatMap(({ path, broken }) =>
      [...broken].map(([name, reason]) => ({ name, manifest: path, reason })),
    ),
    settings: concealed(loaded.settings as unknown as Json) as unknown as Settings,
    sources: loaded.sources,
  };
}

export function renderConfiguration(shown: ShownConfiguration, style: Style): string {
  const servers = Object.entries(shown.servers).map(([name, { entry, manifest }]) => [
    name,
    describe(entry as ServerEntry),
    style.dim(manifest),
  ]);
  const settings = Object.entries(shown.sources).map(([key, source]) => [
    key,
    print(valueAt(shown.settings, key)),
    style.dim(source),
  ]);
  return [
    servers.length === 0
      ? 'no servers'
      : table({ head: ['SERVER', 'STARTS', 'FROM'].map((word) => style.bold(word)), rows: servers }),
    '',
    table({ head: ['SETTING', 'VALUE', 'FROM'].map((word) => style.bold(word)), rows: settings }),
    ...shown.broken.map(({ name, reason }) => `${style.red('broken')} ${name}: ${reason}`),
  ].join('\n');
}

function filesOf({ user, project }: Manifests) {
  return project ? [user, project] : [user];
}

function describe(entry: ServerEntry): string {
  if (isRemote(entry)) return entry.url;
  return [entry.command, ...(entry.args ?? [])].join(' ');
}

function valueAt(value: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);
}

function print(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
