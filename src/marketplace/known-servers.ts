import type { ServerDocument } from './document.ts';
import type { HostedFile, RegistryEvent, Status } from './events.ts';
import { latestOf } from './versions.ts';

/** One version of a server. Its document never changes, its status may. */
export interface KnownVersion {
  readonly version: string;
  readonly document: ServerDocument;
  readonly hosted: readonly HostedFile[];
  readonly publishedAt: string;
  readonly publishedBy: string;
  readonly updatedAt: string;
  readonly status: Status;
  readonly statusChangedAt: string;
  readonly statusMessage?: string;
  readonly replacement?: string;
  readonly isDeleted: boolean;
}

export interface KnownServer {
  readonly name: string;
  /** In the order they were published; at least one. */
  readonly versions: readonly KnownVersion[];
  readonly latest: KnownVersion;
  readonly owners: readonly string[];
  readonly rating?: { readonly average: number; readonly count: number };
  readonly installs: number;
  /** Whether an installation by this machine was counted. */
  hasInstalled(by: string): boolean;
}

/** What a registry knows, in memory. */
export interface KnownServers {
  /** Case does not count. */
  find(name: string): KnownServer | undefined;
  /** By name. */
  all(): readonly KnownServer[];
}

interface Entry {
  readonly name: string;
  versions: readonly KnownVersion[];
  owners: readonly string[];
  readonly stars: Map<string, number>;
  readonly installers: Set<string>;
  /** What is shown of it; made again after a change. */
  shown?: KnownServer | undefined;
}

/** Adds up events. What was given out before stays as it was. */
export function createKnownServers(): KnownServers & { apply(event: RegistryEvent): void } {
  const entries = new Map<string, Entry>();
  let sorted: readonly KnownServer[] | undefined;

  const entryOf = (event: RegistryEvent): Entry | undefined => {
    const name = event.kind === 'published' ? event.document.name : event.name;
    const known = entries.get(name.toLowerCase());
    if (known || event.kind !== 'published') return known;
    const made: Entry = { name, versions: [], owners: [event.by], stars: new Map(), installers: new Set() };
    entries.set(name.toLowerCase(), made);
    return made;
  };
  return {
    apply(event) {
      const entry = entryOf(event);
      if (!entry) return;
      change(entry, event);
      entry.shown = undefined;
      sorted = undefined;
    },
    find(name) {
      const entry = entries.get(name.toLowerCase());
      return entry && show(entry);
    },
    all() {
      sorted ??= [...entries.values()].map(show).sort((one, other) => (one.name < other.name ? -1 : 1));
      return sorted;
    },
  };
}

function change(entry: Entry, event: RegistryEvent): void {
  switch (event.kind) {
    case 'published':
      entry.versions = [...entry.versions, published(event)];
      return;
    case 'status':
      entry.versions = entry.versions.map((one) =>
        event.version === undefined || event.version === one.version ? withStatus(one, event) : one,
      );
      return;
    case 'owners':
      entry.owners = event.owners;
      return;
    case 'rated':
      entry.stars.set(event.by, event.stars);
      return;
    case 'installed':
      entry.installers.add(event.by);
  }
}

type Of<Kind extends RegistryEvent['kind']> = Extract<RegistryEvent, { kind: Kind }>;

function published({ at, by, document, hosted }: Of<'published'>): KnownVersion {
  return {
    version: document.version,
    document,
    hosted,
    publishedAt: at,
    publishedBy: by,
    updatedAt: at,
    status: 'active',
    statusChangedAt: at,
    isDeleted: false,
  };
}

function withStatus(
  { statusMessage: _message, replacement: _replacement, ...version }: KnownVersion,
  { at, status, message, replacement }: Of<'status'>,
): KnownVersion {
  return {
    ...version,
    status,
    updatedAt: at,
    statusChangedAt: at,
    isDeleted: status === 'deleted',
    ...(message !== undefined && { statusMessage: message }),
    ...(replacement !== undefined && { replacement }),
  };
}

function show(entry: Entry): KnownServer {
  const { name, versions, owners, stars, installers } = entry;
  const given = [...stars.values()];
  entry.shown ??= {
    name,
    versions,
    latest: latestOf(versions) as KnownVersion,
    owners,
    installs: installers.size,
    hasInstalled: (by) => installers.has(by),
    ...(given.length > 0 && {
      rating: { average: given.reduce((sum, one) => sum + one, 0) / given.length, count: given.length },
    }),
  };
  return entry.shown;
}
