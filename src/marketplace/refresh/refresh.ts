import { createHash, randomUUID } from 'node:crypto';
import type { CatalogIndexRow } from '../../catalog/index-row.ts';
import { createNameJudge } from './judge-names.ts';
import { type PackedServer, packCatalog } from './pack-catalog.ts';
import {
  type ReadableRegistry,
  type ReadOptions,
  type RegistryResult,
  readRegistry,
  type SourceReport,
} from './read-registry.ts';
import { readKept, writeCatalog, writeRefreshState } from './refresh-files.ts';
import type { ClaimedName, RefreshedSource, RefusedName } from './row.ts';

export interface RefreshOptions extends ReadOptions {
  /** In the order in which they are asked for a name. */
  readonly registries: readonly ReadableRegistry[];
  /** Every server of the catalog. */
  readonly catalog: readonly CatalogIndexRow[];
  /** Folder of caches. */
  readonly cache: string;
  readonly dryRun: boolean;
}

export interface RefreshReport {
  readonly sources: readonly SourceReport[];
  /** Servers searches find. */
  readonly found: number;
  /** Servers the catalog has as well: its facts count. */
  readonly merged: number;
  /** Servers whose title or last part is a known name that is not theirs, at most a thousand. */
  readonly claims: readonly ClaimedName[];
  readonly claimedCount: number;
  /** Names that were not given, at most a thousand. */
  readonly refused: readonly RefusedName[];
  readonly refusedCount: number;
  readonly written: boolean;
}

/**
 * Brings the servers of registries up to date: what changed since the last time where a registry can tell. Nothing is
 * written before all of it was read; a registry that fails keeps what was known of it.
 * @throws CANCELLED, FILE_UNWRITABLE
 */
export async function refreshCatalogFile(options: RefreshOptions): Promise<RefreshReport> {
  const { registries, cache, dryRun } = options;
  const kept = await readKept(cache);
  const results: RegistryResult[] = [];
  for (const registry of registries) results.push(await readRegistry(registry, kept, options));
  const known = results.filter(isKnown);
  const rules = digestOf(options, known);
  const isSame = kept?.rules === rules && known.every(({ report }) => STILL.has(report.outcome));
  const { servers, refused, merged, claims } = judge(known, options.catalog);
  const sources = known.map(({ source }) => source);
  const state = {
    id: isSame ? kept.id : randomUUID(),
    rules,
    sources,
  };
  const written = !dryRun && known.length > 0;
  if (written && isSame) await writeRefreshState(cache, state);
  else if (written) {
    options.progress(`${servers.length} servers are made ready to be searched`);
    const heads = sources.map(({ name, isOwn }) => ({ name, isOwn }));
    await writeCatalog(cache, packCatalog(servers, { id: state.id, sources: heads }), state);
  }
  return {
    sources: results.map(({ report }) => report),
    found: servers.filter(({ isShown }) => isShown).length,
    merged,
    claims: claims.slice(0, MOST_TOLD),
    claimedCount: claims.length,
    refused: refused.slice(0, MOST_TOLD),
    refusedCount: refused.length,
    written,
  };
}

/** Told of; the rest is counted. */
const MOST_TOLD = 1000;
const STILL: ReadonlySet<SourceReport['outcome']> = new Set(['unchanged', 'failed', 'kept']);

type Known = RegistryResult & { readonly source: RefreshedSource };

function isKnown(result: RegistryResult): result is Known {
  return result.source !== undefined;
}

interface Judged {
  readonly servers: readonly PackedServer[];
  readonly refused: readonly RefusedName[];
  readonly merged: number;
  readonly claims: readonly ClaimedName[];
}

function judge(known: readonly Known[], catalog: readonly CatalogIndexRow[]): Judged {
  const judgeName = createNameJudge(
    catalog,
    known.map(({ source }) => source),
  );
  const refused: RefusedName[] = [];
  let merged = 0;
  const claims: ClaimedName[] = [];
  const servers = known.flatMap(({ source, rows }, place) =>
    [...rows.values()].map((row): PackedServer => {
      const verdict = judgeName({ row, source });
      if (verdict.kind === 'refused') {
        refused.push(verdict.refused);
        return { row, source: place, isShown: false };
      }
      if (verdict.kind === 'merged') {
        merged += 1;
        return { row, source: place, isShown: false, slug: verdict.slug };
      }
      const { kind: _, ...marks } = verdict;
      if (marks.claims !== undefined) {
        claims.push({ name: row.name, source: source.name, slug: marks.claims });
      }
      return { row, source: place, isShown: true, ...marks };
    }),
  );
  return { servers, refused, merged, claims };
}

/** Of what decides which names are given, and which registry each row is of. */
function digestOf({ catalog }: RefreshOptions, known: readonly Known[]): string {
  const sources = known.map(({ source: { name, url, isOwn, namespaces } }) => ({
    name,
    url,
    isOwn,
    namespaces,
  }));
  const names = catalog.map(({ slug, name, title, aliases, packages }) => [
    slug,
    name,
    title,
    aliases,
    packages,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([sources, names]))
    .digest('hex');
}
