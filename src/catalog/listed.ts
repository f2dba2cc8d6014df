import type { ListedServer } from './listed-schema.ts';
import type { CatalogEntry, CatalogTransport } from './schema.ts';

/** Servers of public lists, by slug. Read only when something is asked of them. */
export async function loadListed(): Promise<readonly ListedServer[]> {
  const { default: servers } = await import('./listed.json', { with: { type: 'json' } });
  // The data is checked against its schema by the tests, not at each start.
  return servers as unknown as ListedServer[];
}

/** A listed server in the shape of an entry that was looked at. What is not known is said, not guessed. */
export function entryOf(server: ListedServer): CatalogEntry {
  const { slug, title, category, maintainer, status, licence, repository, listed } = server;
  const transports = server.ways.map((way, place) => transportOf(way, place));
  return {
    slug,
    name: server.name ?? slug,
    title,
    description: server.description,
    vendor: vendorOf(server),
    maintainer,
    tier: 'listed',
    status,
    ...(licence !== undefined && { licence }),
    category,
    ...(repository !== undefined && { repository }),
    docs: repository === undefined ? [] : [repository],
    aliases: [],
    preferred: transports[0]?.id ?? '',
    transports,
    auth: authOf(server),
    env: (server.env ?? []).map(([name, flags]) => ({
      name,
      required: flags.includes('r'),
      secret: flags.includes('s'),
      description: `${readable(name)}, as the lists name it.`,
      ...(flags === 'rs' && { where: `The pages of ${title}.` }),
    })),
    headers: [],
    tools: {
      asOf: server.toolsAsOf ?? listed[1],
      source: server.tools ? 'Names from public lists; they age fast.' : 'Its tools are in no list.',
      readOnly: server.readOnly ?? [],
      writing: (server.tools ?? []).filter((tool) => !server.readOnly?.includes(tool)),
    },
    examples: {},
    firstCall: { args: {}, needsAuth: server.auth !== 'none', argsVerified: false },
    rateLimit: 'Not known.',
    caveats: caveatsOf(server),
    alternatives: [],
    retired: [],
    evidence: [...server.sources],
    asOf: listed[1],
  };
}

function transportOf([kind, name, version]: ListedServer['ways'][number], place: number): CatalogTransport {
  const id = place === 0 ? kind : `${kind}-${place + 1}`;
  if (kind === 'http' || kind === 'sse') {
    const blanks = [...name.matchAll(/\{([a-z-]+)\}/g)].map(([, blank = '']) => [
      blank,
      { description: `Your ${blank.replaceAll('-', ' ')}, as a part of the address.` },
    ]);
    return {
      id,
      kind: 'remote',
      transport: kind,
      url: name,
      ...(blanks.length > 0 && { blanks: Object.fromEntries(blanks) }),
    };
  }
  return { id, kind, package: name, ...(version !== undefined && { version }) };
}

function authOf({ auth, registration = 'unknown' }: ListedServer): CatalogEntry['auth'] {
  if (auth !== 'oauth') return { kinds: [auth] };
  return {
    kinds: ['oauth'],
    oauth: { version: '2.x', registration, scopes: [], minimumScopes: [], notes: [] },
  };
}

function vendorOf({ title, maintainer, repository }: ListedServer): string {
  if (maintainer !== 'community') return title;
  return repository?.match(/github\.com\/([^/]+)/)?.[1] ?? 'unknown';
}

function caveatsOf({
  listed: [lists, day],
  auth,
  env,
  ways,
  probe,
  status,
  maintainer,
}: ListedServer): string[] {
  const [first] = ways;
  const isRemote = first?.[0] === 'http' || first?.[0] === 'sse';
  const where = lists === 1 ? 'one public list' : `${lists} public lists`;
  return [
    `Listed, not tested: it stands in ${where}, last on ${day}.`,
    ...(status === 'unverified' ? ['Only an old list names it; it may be gone.'] : []),
    ...(maintainer === 'community' ? ['Nobody reviewed its code here.'] : []),
    ...(probe
      ? [
          probe[0]
            ? `A public runner could start it on ${probe[1]}.`
            : `A public runner could not start it on ${probe[1]}.`,
        ]
      : []),
    ...(isRemote && auth === 'api-key'
      ? ['Which header takes its key is not known: give it with --header when you add the address.']
      : []),
    ...(auth === 'none' && !env && !isRemote ? ['It may still ask for a sign-in when it runs.'] : []),
  ];
}

/** `Stripe api key` of `STRIPE_API_KEY`. */
function readable(name: string): string {
  const text = name.toLowerCase().replaceAll('_', ' ').trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
