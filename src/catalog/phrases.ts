import type { CatalogMatch } from './find.ts';
import type { CatalogEntry, CatalogTransport, CatalogVariable } from './schema.ts';

/** What to add, as `mcpctl add` takes it: `npm:@bytebase/dbhub@1.4.0`, `oci:image:tag`, or an address. */
export function specOf(way: CatalogTransport): string {
  if (way.kind === 'remote') return way.url;
  const at = { npm: '@', pypi: '==', oci: ':' }[way.kind];
  return `${way.kind}:${way.package}${way.version ? `${at}${way.version}` : ''}`;
}

/** The command that adds what a name means. */
export function addCommand(match: CatalogMatch, asked: string): string {
  const { entry, alternative } = match;
  if (alternative) {
    const way = alternative.transports.find(({ id }) => id === match.transport);
    if (way) return `mcpctl add ${specOf(way)}`;
  }
  const way = entry.transports.find(({ id }) => id === match.transport);
  return [`mcpctl add ${match.profile ? asked.trim().toLowerCase() : entry.slug}`, ...settingsOf(way)].join(
    ' ',
  );
}

/** A `--set` for each blank of a way that has no default. */
export function settingsOf(way: CatalogTransport | undefined): string[] {
  return Object.entries(way?.blanks ?? {}).flatMap(([name, blank]) =>
    blank.default === undefined ? [`--set ${name}=${quote(blank.example ?? `<${name}>`)}`] : [],
  );
}

/** A way in on one line, e.g. `npm @bytebase/dbhub 1.4.0, Node >=22.5.0`. */
export function describeWay(way: CatalogTransport): string {
  if (way.kind === 'remote') return way.transport === 'sse' ? `${way.url} (SSE)` : way.url;
  const range =
    way.kind === 'npm' && way.node
      ? `Node ${way.node}`
      : way.kind === 'pypi'
        ? `uv${way.python ? `, Python ${way.python}` : ''}`
        : way.kind === 'oci'
          ? 'a container engine'
          : '';
  const label = { npm: 'npm', pypi: 'PyPI', oci: 'container' }[way.kind];
  return [[label, way.package, way.version].filter(Boolean).join(' '), range, ...(way.programs ?? [])]
    .filter(Boolean)
    .join(', ');
}

/** What reading only changes on a way, e.g. `adds --read-only`; undefined when the server has no such switch. */
export function describeReadOnly({ readOnly }: CatalogTransport): string | undefined {
  if (!readOnly) return undefined;
  const { url, args = [], env = {}, headers = {} } = readOnly;
  const settings = [
    ...args,
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return url ?? settings.join(' ');
}

const REGISTRATION: Record<NonNullable<CatalogEntry['auth']['oauth']>['registration'], string> = {
  dynamic: 'sign-in in the browser; mcpctl registers by itself',
  'pre-registered': 'sign-in in the browser with an app of your own',
  'allow-listed': 'sign-in in the browser, for clients the vendor approved',
  unknown: 'sign-in in the browser',
};

/** Each kind of authentication in words, the default first. */
export function describeAuth({ auth }: CatalogEntry): string[] {
  return auth.kinds.map((kind) => {
    if (kind === 'oauth') return REGISTRATION[auth.oauth?.registration ?? 'unknown'];
    return kind === 'none' ? 'nothing' : 'a key or other credentials';
  });
}

/** `required, secret` and the ways that read it. */
export function describeVariable({ required, requiredBy, secret, transports }: CatalogVariable): string {
  const need = required ? 'required' : requiredBy ? `required by ${requiredBy.join(', ')}` : 'optional';
  const words = [need, ...(secret ? ['secret'] : [])];
  return `${words.join(', ')}${transports ? ` (${transports.join(', ')})` : ''}`;
}

/** The first call as it is typed, or why there is none. */
export function describeFirstCall(
  { tool, args }: Pick<CatalogEntry['firstCall'], 'tool' | 'args'>,
  server: string,
): string {
  if (tool === undefined) return `mcpctl tools ${server}`;
  const words = Object.entries(args).map(([key, value]) =>
    typeof value === 'string' ? `${key}=${quote(value)}` : `${key}:=${quote(JSON.stringify(value))}`,
  );
  return ['mcpctl call', server, tool, ...words].join(' ');
}

function quote(text: string): string {
  return /^[\w./:@,-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
