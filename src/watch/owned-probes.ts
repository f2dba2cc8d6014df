import { pause } from '../calls/clock.ts';
import { McpctlError } from '../core/errors.ts';
import { askRestart } from '../gateway/control/ask-restart.ts';
import { LONGEST_CALL_MS } from '../gateway/control/check-call.ts';
import type { ProbeAnswer } from '../gateway/control/probe.ts';
import type { HubServer } from '../gateway/hub/hub.ts';
import { createRestartPolicy } from '../mcp/supervise/restart-policy.ts';
import type { WatchSettings } from '../settings/watch-settings.ts';
import { type DeepCheck, deepCheckOf } from './deep-check.ts';
import type { Owner } from './owners.ts';
import type { WatchedServer, WatchPorts } from './ports.ts';
import { type Answered, createProber, type Prober } from './prober.ts';

export interface OwnedProbesOptions {
  readonly ports: Pick<WatchPorts, 'clock' | 'random' | 'measureStall' | 'ask' | 'callOf'>;
  readonly settings: WatchSettings;
  changed(): void;
}

/** Probes of servers in the processes that run them, which do the asking. */
export interface OwnedProbes {
  /** These run now. */
  follow(running: readonly Placed[]): void;
  of(owner: Owner, server: string): Probed | undefined;
  probe(names: readonly string[]): Promise<void>;
  pause(): void;
  resume(): void;
  close(): void;
}

/** A server in a process. */
export interface Placed {
  readonly owner: Owner;
  readonly server: WatchedServer;
}

export interface Probed {
  readonly prober: Prober;
  /** Absent where only a sign of life is wanted. */
  readonly deep: DeepCheck | undefined;
}

interface Place extends Probed {
  readonly server: string;
  /** Restarts the process told of, and whether it said that the server works. */
  seen: string;
}

/** What a process needs to hand on a question and its answer, in milliseconds. */
const MARGIN_MS = 2000;

export function createOwnedProbes(options: OwnedProbesOptions): OwnedProbes {
  const places = new Map<string, Place>();
  let isPaused = false;

  const drop = (key: string): void => {
    places.get(key)?.prober.stop();
    places.delete(key);
  };
  const look = ({ owner, server }: Placed): void => {
    const key = keyOf(owner, server.name);
    const said = saidIn(owner, server.name);
    const seen = `${said?.restarts} ${said?.state === 'healthy'}`;
    const place = places.get(key);
    if (!place) {
      // What a process says of itself is not older than an answer to a question.
      const probed = probedAt({ owner, server }, options);
      places.set(key, { server: server.name, ...probed, seen });
      if (!isPaused) probed.prober.start('soon');
    } else if (place.seen !== seen) {
      // The program that was asked is another by now.
      place.seen = seen;
      place.prober.forget();
      place.deep?.forget();
    }
  };
  return {
    follow(running) {
      const wanted = new Set(running.map(({ owner, server }) => keyOf(owner, server.name)));
      for (const key of [...places.keys()]) if (!wanted.has(key)) drop(key);
      for (const each of running) look(each);
    },
    of: (owner, server) => places.get(keyOf(owner, server)),
    async probe(names) {
      const wanted = [...places.values()].filter(({ server }) => names.includes(server));
      await Promise.all(wanted.map(({ prober }) => prober.now()));
    },
    pause() {
      isPaused = true;
      for (const { prober } of places.values()) prober.pause();
    },
    resume() {
      isPaused = false;
      for (const { prober } of places.values()) prober.start('soon');
    },
    close() {
      for (const key of [...places.keys()]) drop(key);
    },
  };
}

function keyOf({ id }: Owner, server: string): string {
  return `${id} ${server}`;
}

function probedAt({ owner, server }: Placed, options: OwnedProbesOptions): Probed {
  const { ports, settings, changed } = options;
  const { running } = owner;
  const deep = deepCheckOf(server, options);
  const attempt = async (signal: AbortSignal, timeoutMs: number): Promise<Answered | undefined> => {
    const call = await deep?.due(saidIn(owner, server.name)?.changed ?? []);
    const freshMs = call ? 0 : settings.intervalMs;
    const request = { ask: 'probe', server: server.name, timeoutMs, freshMs, ...(call && { call }) } as const;
    const patience = timeoutMs + MARGIN_MS + (call ? LONGEST_CALL_MS : 0);
    const answer = await ports.ask(running, request, { timeoutMs: patience, signal }).catch(unlessUnknown);
    const { by, at, ms, isStalled = false, called } = answer;
    if (by === 'none' && isStalled) throw notJudged(server.name, running.pid);
    if (by === 'none') return undefined;
    // What a process that was held up takes for a failure may be none.
    const isClear = !isStalled || called?.outcome !== 'failed';
    if (call && isClear) deep?.told(call, called);
    return { at, ms: by === 'call' ? (prober.last?.ms ?? 0) : ms, isStalled, flaw: deep?.flaw };
  };
  // Over HTTP a `run` has nothing to start again.
  const canMend = running.kind === 'gateway' || !server.isRemote;
  const prober = createProber({
    ...settings,
    server: server.name,
    clock: ports.clock,
    random: ports.random,
    measureStall: ports.measureStall,
    attempt,
    changed,
    ...(canMend && { mend: mender({ owner, server }, ports) }),
  });
  return { prober, deep };
}

function saidIn({ status }: Owner, server: string): HubServer | undefined {
  return status?.servers.find(({ name }) => name === server);
}

/** Not believed at once; a server that is silent time and again is, whatever held the process up. */
function notJudged(server: string, pid: number): McpctlError {
  return new McpctlError(
    'SERVER_TIMEOUT',
    `${server} did not answer, and the mcpctl process ${pid} that asked was held up.`,
    { hint: `mcpctl doctor ${server}`, data: { server, isStalled: true } },
  );
}

/** An older process does not know the question: what it says of its servers has to do. */
function unlessUnknown(error: unknown): ProbeAnswer {
  if (error instanceof McpctlError && error.code === 'USAGE') return { by: 'none', at: 0, ms: 0 };
  throw error;
}

/** Has a server restarted where it hangs, with growing pauses, and no more when that does not help. */
function mender({ owner: { running }, server: { name } }: Placed, ports: OwnedProbesOptions['ports']) {
  const { clock } = ports;
  const policy = createRestartPolicy(clock);
  let mendedAt = Number.NEGATIVE_INFINITY;
  return async (trouble: McpctlError, signal: AbortSignal): Promise<void> => {
    // Of a process that hangs itself nobody can ask anything.
    if (trouble.code !== 'SERVER_TIMEOUT') return;
    const wait = policy.ended(clock.now() - mendedAt);
    if (wait === undefined) throw hangsAgain(name, trouble);
    if (wait > 0) await pause(clock, wait, signal);
    await askRestart(running, { server: name, reason: 'hang', signal, ask: ports.ask });
    mendedAt = clock.now();
  };
}

function hangsAgain(server: string, cause: McpctlError): McpctlError {
  return new McpctlError(
    'SERVER_CRASH_LOOP',
    `${server} hangs again and again, and is not restarted any more. ${cause.message}`,
    { hint: `mcpctl doctor ${server}`, cause, data: { server } },
  );
}
