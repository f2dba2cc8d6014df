import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { LISTS, type Offer } from './offer.ts';

/** Keeps what a server offered last, for the next start: lists can be answered before the server runs. */
export interface OfferFile {
  read(): Promise<ReadonlyMap<string, Offer>>;
  write(offers: ReadonlyMap<string, Offer>): Promise<void>;
}

export interface OfferFileOptions {
  /** Made with mode 0700 when missing. */
  readonly folder: string;
  readonly server: string;
  /** Of the server's entry and lock: what another version offered does not count. */
  readonly digest: string;
}

const VERSION = 1;

/** One file a server, 0600. A file that cannot be used is no offer; one that cannot be written costs time only. */
export function createOfferFile({ folder, server, digest }: OfferFileOptions): OfferFile {
  const path = join(folder, `${encodeURIComponent(server)}.json`);
  return {
    async read() {
      try {
        const value: unknown = JSON.parse(await readFile(path, 'utf8'));
        if (!isRecord(value) || value.version !== VERSION || value.digest !== digest) return new Map();
        const offers = Object.entries(isRecord(value.offers) ? value.offers : {});
        return new Map(offers.filter((entry): entry is [string, Offer] => isOffer(entry[1])));
      } catch {
        return new Map();
      }
    },
    async write(offers) {
      const text = JSON.stringify({ version: VERSION, digest, offers: Object.fromEntries(offers) });
      try {
        await writeFileAtomic(path, text, { exactMode: 0o600 });
      } catch {
        // A full disk or a read-only home: the server is asked again next time.
      }
    },
  };
}

function isOffer(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.about) || !isRecord(value.lists)) return false;
  const { about, lists } = value;
  return (
    isRecord(about.capabilities) &&
    (about.era === 'legacy' || about.era === 'modern') &&
    LISTS.every((name) => Array.isArray(lists[name]) && (lists[name] as unknown[]).every(isRecord))
  );
}
