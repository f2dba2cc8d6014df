import type { HubServer, ServerState } from '../gateway/hub/hub.ts';
import { lockedVersion } from '../manifest/locked-version.ts';
import type { WatchSettings } from '../settings/watch-settings.ts';
import type { LastCheck } from './deep-check.ts';
import type { ObservedProcess, ObservedServer, Remark } from './observation.ts';
import type { Visited } from './own-visits.ts';
import type { Probed } from './owned-probes.ts';
import type { Owner } from './owners.ts';
import type { WatchedServer } from './ports.ts';
import type { Prober } from './prober.ts';
import { callsOf } from './rates.ts';
import { graver, remarkOf, stateOfTrouble } from './trouble.ts';

/** A server in one process that runs it. */
export interface Link {
  readonly owner: Owner;
  /** What the process says of it. */
  readonly said: HubServer | undefined;
  readonly probed: Probed | undefined;
}

/** All that is known of a server at the moment. */
export interface SeenServer {
  readonly server: WatchedServer;
  readonly links: readonly Link[];
  /** Of the watcher itself, for a server nobody runs. */
  readonly own: Visited | undefined;
  /** Undefined where there is no sign-in. */
  readonly tokenExpiresAt: number | null | undefined;
  /** Memory of programs by process id, in bytes. */
  readonly memory: ReadonlyMap<number, number>;
}

export interface Verdict {
  readonly state: ServerState;
  readonly reason?: Remark;
}

/** The state of a server, of the seven; the worst of what its processes say. */
export function judge({ server, links, own }: SeenServer): Verdict {
  if (server.isDisabled) return { state: 'stopped' };
  const verdicts = links.map(verdictOf);
  if (own) verdicts.push(ownVerdict(own, server));
  return verdicts.sort((one, other) => graver(one.state, other.state))[0] ?? { state: 'dormant' };
}

function verdictOf({ owner, said, probed }: Link): Verdict {
  if (owner.silence) return { state: 'degraded', reason: remarkOf(owner.silence) };
  if (!said) return { state: 'starting' };
  const { state, reason, code = 'SERVER_ERROR', hint } = said;
  const prober = probed?.prober;
  if (state === 'healthy' && prober?.trouble) {
    return { state: stateOfTrouble(prober.trouble, prober.isDown), reason: remarkOf(prober.trouble) };
  }
  if (reason === undefined) return { state };
  return { state, reason: { code, message: reason, ...(hint !== undefined && { hint }) } };
}

function ownVerdict({ prober, found }: Visited, server: WatchedServer): Verdict {
  const { trouble, isDown } = prober;
  if (trouble) return { state: stateOfTrouble(trouble, isDown), reason: remarkOf(trouble) };
  // A program nobody needs is not kept alive; what has an address answers whoever asks.
  return { state: server.isRemote && found ? 'healthy' : 'dormant' };
}

export function observeServer(
  seen: SeenServer,
  since: number,
  verdict: Verdict,
  settings: Pick<WatchSettings, 'serverMemoryBytes'>,
): ObservedServer {
  const { server, links, own, tokenExpiresAt } = seen;
  const { name, chosen, locked, isRemote } = server;
  const said = links.flatMap((link) => link.said ?? []);
  const era = said.find((each) => each.era)?.era ?? own?.found?.era;
  const version = locked && lockedVersion(locked);
  const rssBytes = memoryOf(said, seen.memory);
  const probed = [...links.map((link) => link.probed), own].filter((each) => each !== undefined);
  const changed = [
    ...new Set([...said.flatMap((each) => each.changed ?? []), ...(own?.found?.changed ?? [])]),
  ];
  return {
    name,
    scope: chosen.server.scope,
    transport: isRemote ? 'http' : 'stdio',
    ...verdict,
    since: iso(since),
    warnings: warningsOf(name, changed, rssBytes, settings),
    ...(era && { era }),
    ...(version !== undefined && { version }),
    ...probeOf(probed.map(({ prober }) => prober)),
    ...checkOf(probed),
    ...callsOf(said.flatMap(({ recent }) => recent ?? [])),
    restarts: said.reduce((sum, { restarts }) => sum + restarts, 0),
    rssBytes,
    tools: {
      offered: said.find(({ tools }) => tools !== undefined)?.tools ?? own?.found?.tools ?? null,
      locked: locked?.tools ? Object.keys(locked.tools.tools).length : null,
      changed,
    },
    ...(tokenExpiresAt !== undefined && {
      token: { expiresAt: tokenExpiresAt === null ? null : iso(tokenExpiresAt) },
    }),
    owners: links.map(({ owner: { running } }) => ({ pid: running.pid, kind: running.kind })),
  };
}

/** The last probe of the one that is worst off, and the next of any. */
function probeOf(probers: readonly Prober[]): Pick<ObservedServer, 'probe' | 'nextProbeAt'> {
  const known = probers.flatMap(({ last }) => last ?? []);
  const [last] = known.sort((one, other) => Number(one.ok) - Number(other.ok) || other.at - one.at);
  const next = Math.min(...probers.flatMap(({ nextAt }) => nextAt ?? []));
  return {
    ...(last && { probe: { at: iso(last.at), ok: last.ok, ms: Math.round(last.ms) } }),
    ...(Number.isFinite(next) && { nextProbeAt: iso(next) }),
  };
}

/** The last harmless call of the one that is worst off. */
function checkOf(probed: readonly Pick<Probed, 'deep'>[]): Pick<ObservedServer, 'check'> {
  const known = probed.flatMap(({ deep }) => deep?.last ?? []);
  const isFailed = ({ outcome }: LastCheck): number => Number(outcome === 'failed');
  const [last] = known.sort((one, other) => isFailed(other) - isFailed(one) || other.at - one.at);
  return last ? { check: { ...last, at: iso(last.at), ms: Math.round(last.ms) } } : {};
}

function memoryOf(said: readonly HubServer[], memory: ReadonlyMap<number, number>): number | null {
  const known = said.flatMap(({ pids }) => pids.flatMap((pid) => memory.get(pid) ?? []));
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}

function warningsOf(
  server: string,
  changed: readonly string[],
  rssBytes: number | null,
  { serverMemoryBytes }: Pick<WatchSettings, 'serverMemoryBytes'>,
): Remark[] {
  const warnings: Remark[] = [];
  if (changed.length > 0) {
    warnings.push({
      code: 'SERVER_TOOLS_CHANGED',
      message: `${server} has tools that are not as they were locked: ${changed.join(', ')}.`,
      hint: `mcpctl approve ${server}`,
    });
  }
  if (rssBytes !== null && rssBytes > serverMemoryBytes) {
    const message = tooMuch(`${server} takes`, rssBytes, serverMemoryBytes);
    warnings.push({ code: 'SERVER_MEMORY', message, hint: `mcpctl restart ${server}` });
  }
  return warnings;
}

/** What all servers together take too much of. */
export function overallWarnings(
  servers: readonly ObservedServer[],
  { totalMemoryBytes }: Pick<WatchSettings, 'totalMemoryBytes'>,
): Remark[] {
  const total = servers.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0);
  if (total <= totalMemoryBytes) return [];
  return [{ code: 'TOTAL_MEMORY', message: tooMuch('All servers together take', total, totalMemoryBytes) }];
}

const MIB = 1024 * 1024;

function tooMuch(who: string, bytes: number, most: number): string {
  const [taken, limit] = [bytes, most].map((each) => Math.round(each / MIB));
  return `${who} ${taken} MiB of memory, more than ${limit} MiB.`;
}

export function observeProcess({ running, status }: Owner): ObservedProcess {
  const { pid, kind, startedAt, version, cwd, servers } = running;
  return { pid, kind, startedAt, version, cwd, rssBytes: status?.rssBytes ?? 0, servers };
}

export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
