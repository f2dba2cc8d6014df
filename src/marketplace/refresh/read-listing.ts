import { isRecord, recordsIn } from '../../core/json.ts';
import { LISTING_META, OFFICIAL_META, REGISTRY_NAME } from '../../core/registry-names.ts';
import { type RefreshedRow, WAY_KINDS, type WayKind } from './row.ts';

/** Why an entry of a list is left out. */
export type Flaw = 'no object' | 'no valid name' | 'no description' | 'no version' | 'unknown status';

export type ReadListing =
  | { readonly kind: 'broken'; readonly name: string; readonly flaw: Flaw }
  /** Nothing mcpctl can install or reach, such as a NuGet package alone. */
  | { readonly kind: 'unusable'; readonly name: string; readonly updatedAt?: string }
  | { readonly kind: 'deleted'; readonly name: string; readonly updatedAt?: string }
  | {
      readonly kind: 'row';
      readonly name: string;
      readonly row: RefreshedRow;
      readonly isLatest: boolean;
      readonly updatedAt?: string;
    };

const LONGEST_NAME = 200;
const LONGEST_TEXT = 300;
const LONGEST_IDENTIFIER = 500;
const MOST_WAYS = 6;

/**
 * One entry of a registry's list. Documents of every dated schema are read, and what is not needed here is not judged:
 * one registry's slip must not hide its server. Never throws.
 * @param isOwn Whether the registry is the user's own: others may not say how they were rated.
 */
export function readListing(entry: unknown, { isOwn }: { readonly isOwn: boolean }): ReadListing {
  const server = isRecord(entry) ? entry.server : undefined;
  if (!isRecord(entry) || !isRecord(server)) return { kind: 'broken', name: '', flaw: 'no object' };
  const name = typeof server.name === 'string' ? server.name : '';
  const broken = (flaw: Flaw): ReadListing => ({
    kind: 'broken',
    name: textOf(name, LONGEST_NAME) ?? '',
    flaw,
  });
  if (name.length < 3 || name.length > LONGEST_NAME || !REGISTRY_NAME.test(name))
    return broken('no valid name');
  const meta = isRecord(entry._meta) ? entry._meta : {};
  const official = isRecord(meta[OFFICIAL_META]) ? meta[OFFICIAL_META] : {};
  const at = dateOf(official.updatedAt ?? official.updated_at);
  const dated = at === undefined ? {} : { updatedAt: at };
  const { status = 'active' } = official;
  if (status === 'deleted') return { kind: 'deleted', name, ...dated };
  if (status !== 'active' && status !== 'deprecated') return broken('unknown status');
  return describe(name, server, { official, dated, listing: isOwn ? meta[LISTING_META] : undefined }, broken);
}

interface Said {
  /** What the registry says of the version. */
  readonly official: Record<string, unknown>;
  readonly dated: { readonly updatedAt?: string };
  readonly listing: unknown;
}

function describe(
  name: string,
  server: Record<string, unknown>,
  { official, dated, listing }: Said,
  broken: (flaw: Flaw) => ReadListing,
): ReadListing {
  const description = textOf(server.description, LONGEST_TEXT);
  if (description === undefined) return broken('no description');
  const version = textOf(server.version, 255);
  if (version === undefined) return broken('no version');
  const { ways, auth } = waysOf(server);
  if (ways.length === 0) return { kind: 'unusable', name, ...dated };
  const title = textOf(server.title, 100);
  const message = textOf(official.statusMessage, LONGEST_TEXT);
  const repository = isRecord(server.repository) ? webAddress(server.repository.url) : undefined;
  const row: RefreshedRow = {
    name,
    ...(title !== undefined && { title }),
    description,
    version,
    status: official.status === 'deprecated' ? 'deprecated' : 'active',
    ...(message !== undefined && { statusMessage: message }),
    ...dated,
    ...(repository !== undefined && { repository }),
    ways,
    ...(auth && { auth }),
    ...(isRecord(listing) && listingOf(listing)),
  };
  return { kind: 'row', name, row, isLatest: official.isLatest !== false, ...dated };
}

/** A text of somebody else on one line, without what cannot be seen; undefined where there is none. */
function textOf(value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    .slice(0, 4 * longest)
    .replaceAll(HIDDEN, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (text === '') return undefined;
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

const HIDDEN = /[\p{Cf}\p{Co}\p{Cs}]|(?!\s)\p{Cc}/gu;

function dateOf(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function webAddress(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= LONGEST_IDENTIFIER && /^https?:\/\/[^\s]+$/.test(value)
    ? value
    : undefined;
}

/** What is known of registries of mcpctl alone. */
function listingOf({ rating, installs, replacement }: Record<string, unknown>): Partial<RefreshedRow> {
  const average = isRecord(rating) ? Number(rating.average) : Number.NaN;
  const count = isRecord(rating) ? Number(rating.count) : Number.NaN;
  return {
    ...(average >= 1 &&
      average <= 5 &&
      Number.isSafeInteger(count) &&
      count > 0 && {
        rating: [Math.round(average * 10) / 10, count],
      }),
    ...(Number.isSafeInteger(installs) && Number(installs) > 0 && { installs: Number(installs) }),
    ...(typeof replacement === 'string' && REGISTRY_NAME.test(replacement) && { replacement }),
  };
}

function waysOf(server: Record<string, unknown>): Pick<RefreshedRow, 'ways' | 'auth'> {
  const ways: [WayKind, string][] = [];
  const take = (kind: string, identifier: unknown): void => {
    if (!isKind(kind) || typeof identifier !== 'string' || !IDENTIFIER.test(identifier)) return;
    ways.push([kind, identifier]);
  };
  const packages = recordsIn(server.packages);
  const remotes = recordsIn(server.remotes);
  for (const one of packages) {
    // Files from before 2025-09-16 use snake_case.
    take(
      String(one.registryType ?? one.registry_type ?? one.registry_name ?? ''),
      one.identifier ?? one.name,
    );
  }
  for (const one of remotes) {
    const type = one.type ?? one.transport_type;
    if (type === 'streamable-http' || type === 'sse') take('remote', one.url);
  }
  ways.sort(([one], [other]) => WAY_KINDS.indexOf(one) - WAY_KINDS.indexOf(other));
  const inputs = [
    ...packages.flatMap((one) => recordsIn(one.environmentVariables ?? one.environment_variables)),
    ...remotes.flatMap((one) => recordsIn(one.headers)),
  ];
  const wantsKey = inputs.some((one) => (one.isSecret ?? one.is_secret) === true);
  const isHosted = ways[0]?.[0] === 'remote';
  return {
    ways: ways.slice(0, MOST_WAYS),
    ...((wantsKey || !isHosted) && { auth: wantsKey ? 'api-key' : 'none' }),
  };
}

const IDENTIFIER = /^[^\s\p{C}]{1,500}$/u;

function isKind(kind: string): kind is WayKind {
  return WAY_KINDS.some((each) => each === kind);
}
