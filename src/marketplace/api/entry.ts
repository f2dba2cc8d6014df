import { LISTING_META, OFFICIAL_META } from '../../core/registry-names.ts';
import type { ServerDocument } from '../document.ts';
import type { KnownServer, KnownVersion } from '../known-servers.ts';

/** A version as the API gives it. */
export interface RegistryEntry {
  readonly server: ServerDocument;
  readonly _meta: {
    readonly [OFFICIAL_META]: OfficialMeta;
    readonly [LISTING_META]: Listing;
  };
}

export interface OfficialMeta {
  readonly status: KnownVersion['status'];
  readonly statusMessage?: string;
  readonly statusChangedAt: string;
  readonly publishedAt: string;
  readonly updatedAt: string;
  readonly isLatest: boolean;
}

export interface Listing {
  readonly publishedBy: string;
  readonly owners: readonly string[];
  /** Machines that told they installed it, of any version. */
  readonly installs: number;
  readonly rating?: { readonly average: number; readonly count: number };
  /** Name of the server to use instead of a deprecated one. */
  readonly replacement?: string;
}

/** @param base Where this registry is reached: files it hosts are named below it. */
export function entryOf(server: KnownServer, version: KnownVersion, base: string): RegistryEntry {
  const { status, statusMessage, statusChangedAt, publishedAt, updatedAt, replacement } = version;
  return {
    server: withHostedFiles(version, base),
    _meta: {
      [OFFICIAL_META]: {
        status,
        ...(statusMessage !== undefined && { statusMessage }),
        statusChangedAt,
        publishedAt,
        updatedAt,
        isLatest: version === server.latest,
      },
      [LISTING_META]: {
        publishedBy: version.publishedBy,
        owners: server.owners,
        installs: server.installs,
        ...(server.rating && { rating: server.rating }),
        ...(replacement !== undefined && { replacement }),
      },
    },
  };
}

/** A registry may move, and be copied to files: its own address is put in when somebody asks. */
function withHostedFiles({ document, hosted }: KnownVersion, base: string): ServerDocument {
  if (hosted.length === 0 || !document.packages) return document;
  const packages = document.packages.map((one, index) => {
    const file = hosted.find((each) => each.package === index);
    return file ? { ...one, identifier: `${base}${artifactPath(file)}` } : one;
  });
  return { ...document, packages };
}

export function artifactPath({ sha256, file }: { readonly sha256: string; readonly file: string }): string {
  return `/artifacts/${sha256}/${file}`;
}
