import { parseReferences } from '../core/reference.ts';
import type { CatalogMatch } from './find.ts';
import type { CatalogEntry, CatalogHeader, CatalogTransport, CatalogVariable } from './schema.ts';

export interface WayOptions {
  /** Id of a transport other than the match's. */
  readonly transport?: string;
  /** Leave out what limits the server to reading. */
  readonly write?: boolean;
  /** How to authenticate; the entry's first kind by default. */
  readonly auth?: CatalogEntry['auth']['kinds'][number];
}

/** How to reach a catalog server, ready to become a manifest entry once the blanks are filled. */
export interface CatalogWay {
  readonly transport: CatalogTransport;
  /** For remote servers; may hold blanks such as `{account}`. */
  readonly url?: string;
  /** Arguments after the package; may hold blanks. */
  readonly args: readonly string[];
  /** Plain settings, without the variables below. */
  readonly env: Readonly<Record<string, string>>;
  /** Templates with references such as `Bearer ${GITHUB_TOKEN}`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Blanks that occur in `url` and `args`. */
  readonly blanks: NonNullable<CatalogTransport['blanks']>;
  /** Variables this way reads, required ones first. */
  readonly variables: readonly CatalogVariable[];
  readonly auth: CatalogEntry['auth']['kinds'][number];
  /** Without a tool, or absent, listing the tools is the harmless call. */
  readonly firstCall?: CatalogEntry['firstCall'];
  readonly isReadOnly: boolean;
  /** True when the user asked to write. */
  readonly mayWrite: boolean;
}

/** The way a match leads, or undefined when it has no transport of that id. Reads only where the server can be told to. */
export function chooseWay(match: CatalogMatch, options: WayOptions = {}): CatalogWay | undefined {
  const { entry, alternative } = match;
  const transport = transportFor(match, options);
  if (!transport) return undefined;
  const readOnly = options.write ? undefined : transport.readOnly;
  const auth = options.auth ?? defaultAuth(match, transport);
  const isRemote = transport.kind === 'remote';
  const chosen = isRemote && !alternative ? headersFor(transport.headers ?? entry.headers, auth) : [];
  const firstCall = transport.firstCall ?? (alternative ? alternative.firstCall : entry.firstCall);
  const url = isRemote ? (readOnly?.url ?? transport.url) : undefined;
  const args = isRemote ? [] : [...(transport.args ?? []), ...(readOnly?.args ?? [])];
  return {
    transport,
    ...(url !== undefined && { url }),
    args,
    env: { ...(isRemote ? {} : transport.env), ...readOnly?.env },
    headers: { ...Object.fromEntries(chosen.map(({ name, value }) => [name, value])), ...readOnly?.headers },
    blanks: blanksIn([url ?? '', ...args], transport.blanks ?? {}),
    variables: variablesFor({ match, transport, headers: chosen, auth }),
    auth,
    ...(firstCall && { firstCall }),
    isReadOnly: readOnly !== undefined,
    mayWrite: options.write ?? false,
  };
}

/** The transport asked for; else the match's, or the first that takes the authentication asked for where it does not. */
function transportFor(
  { entry, alternative, transport: preferred }: CatalogMatch,
  { transport: id, auth }: WayOptions,
): CatalogTransport | undefined {
  const { transports } = alternative ?? entry;
  const way = transports.find((each) => each.id === (id ?? preferred));
  if (id !== undefined || auth === undefined || !way?.auth || way.auth.includes(auth)) return way;
  return transports.find((each) => each.auth?.includes(auth)) ?? way;
}

function defaultAuth(
  { entry, alternative }: CatalogMatch,
  { kind, auth: own }: CatalogTransport,
): CatalogWay['auth'] {
  if (alternative) return alternative.auth ?? 'none';
  if (own?.[0]) return own[0];
  // What runs here gets its key in the environment; nobody signs it in.
  const kinds = entry.auth.kinds.filter((known) => kind === 'remote' || known !== 'oauth');
  return kinds[0] ?? 'none';
}

/** Puts values into the blanks; a blank that takes several values gets one argument each. Unknown names are left. */
export function fillBlanks(way: CatalogWay, values: Readonly<Record<string, readonly string[]>>): CatalogWay {
  const fill = (text: string): string =>
    text.replaceAll(BLANK, (whole, name: string) => values[name]?.[0] ?? whole);
  const args = way.args.flatMap((argument) => {
    const name = /^\{([a-z-]+)\}$/.exec(argument)?.[1];
    return name && values[name] ? [...values[name]] : [fill(argument)];
  });
  const left = Object.entries(way.blanks).filter(([name]) => !values[name]?.length);
  return {
    ...way,
    args,
    ...(way.url !== undefined && { url: fill(way.url) }),
    blanks: Object.fromEntries(left),
  };
}

const BLANK = /(?<!\$)\{([a-z][a-z-]*)\}/g;

function blanksIn(texts: readonly string[], blanks: CatalogWay['blanks']): CatalogWay['blanks'] {
  const names = new Set(texts.flatMap((text) => [...text.matchAll(BLANK)].map((match) => match[1])));
  return Object.fromEntries(Object.entries(blanks).filter(([name]) => names.has(name)));
}

function headersFor(headers: readonly CatalogHeader[], auth: CatalogWay['auth']): CatalogHeader[] {
  return headers.filter(({ required, secret }) => required || (secret && auth === 'api-key'));
}

function variablesFor(way: {
  readonly match: CatalogMatch;
  readonly transport: CatalogTransport;
  readonly headers: readonly CatalogHeader[];
  readonly auth: CatalogWay['auth'];
}): CatalogVariable[] {
  const { entry, alternative } = way.match;
  if (way.transport.kind !== 'remote') {
    const { id } = way.transport;
    const read = (alternative ?? entry).env.filter(({ transports }) => transports?.includes(id) ?? true);
    return read
      .map((variable) => ({
        ...variable,
        required: variable.required || !!variable.requiredBy?.includes(id),
      }))
      .sort((a, b) => Number(b.required) - Number(a.required));
  }
  const { clientId, clientSecret } = entry.auth.oauth ?? {};
  const templates = [
    ...way.headers.map(({ value }) => value),
    ...(way.auth === 'oauth' ? [clientId, clientSecret] : []),
  ];
  const names = templates.flatMap((template) =>
    parseReferences(template ?? '').flatMap((segment) => (segment.kind === 'name' ? [segment.name] : [])),
  );
  return entry.env
    .filter(({ name }) => names.includes(name))
    .map((variable) => ({
      ...variable,
      required: variable.name !== clientSecretName(clientSecret) || variable.required,
    }));
}

function clientSecretName(template: string | undefined): string | undefined {
  return template === undefined ? undefined : /^\$\{(.+)\}$/.exec(template)?.[1];
}
