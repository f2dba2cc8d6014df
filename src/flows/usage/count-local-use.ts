import type { Context } from '../../cli/context.ts';
import { addCounts, quantileOf } from '../../gateway/metrics/quantile.ts';
import { readLock } from '../../manifest/lock.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { auditHere } from '../audit/audit-here.ts';
import { type LocalUse, USE_VERSION, useFileIn } from './local-use.ts';
import { type ServerTally, tallyServers } from './server-tally.ts';

export interface CountedUse {
  /** By names of the manifests. */
  readonly byServer: ReadonlyMap<string, LocalUse>;
  /** By slugs of the catalog and full names of registries. */
  readonly byOrigin: ReadonlyMap<string, LocalUse>;
}

/** Counts how the servers here did, and keeps it for searches. What the lock does not say the origin of is nobody's. */
export async function countLocalUse(context: Context): Promise<CountedUse> {
  const { paths, cwd, now } = context;
  const { place } = await auditHere(context);
  const tallies = await tallyServers(place, { cache: paths.cache, now: now() });
  const { servers } = await readManifests({ paths, cwd });
  const byServer = new Map<string, LocalUse>();
  const origins = new Map<string, { names: string[]; tallies: ServerTally[] }>();
  for (const { name, manifest } of servers.values()) {
    const tally = tallies.get(name);
    if (!tally) continue;
    byServer.set(name, useOf([name], [tally]));
    const origin = (await readLock(manifest)).servers[name]?.catalog;
    if (origin === undefined) continue;
    const known = origins.get(origin) ?? { names: [], tallies: [] };
    origins.set(origin, { names: [...known.names, name], tallies: [...known.tallies, tally] });
  }
  const byOrigin = new Map(
    [...origins].map(([origin, found]) => [origin, useOf(found.names, found.tallies)]),
  );
  const text = JSON.stringify({ version: USE_VERSION, uses: Object.fromEntries(byOrigin) });
  await writeFileAtomic(useFileIn(paths.cache), text, { exactMode: 0o600 }).catch(() => {});
  return { byServer, byOrigin };
}

function useOf(servers: readonly string[], tallies: readonly ServerTally[]): LocalUse {
  const calls = tallies.reduce((sum, tally) => sum + tally.calls, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  const seconds = quantileOf(addCounts(tallies.map(({ counts }) => counts)), 0.5);
  return {
    servers,
    calls,
    successRate: calls === 0 ? 1 : (calls - failed) / calls,
    p50Ms: seconds === null ? null : Math.round(seconds * 10_000) / 10,
  };
}
