import { setTimeout as pause } from 'node:timers/promises';
import { type GatewaySession, legacySession, modernSession } from './clients.ts';
import { descendants, killNow, residentMebibytes, survivors } from './processes.ts';
import { type ChaosServer, ownStartUp } from './servers.ts';
import { createTally, type Figures, type Tally } from './tally.ts';
import { type ChaosWorld, openWorld } from './world.ts';

export interface ChaosOptions {
  /** The folder of the package, with its build. */
  readonly root: string;
  readonly seconds: number;
  /** Goes on beyond that, up to five times as long, until there were so many kills: a slow machine takes longer for each. */
  readonly leastKills?: number;
  /** Pause between two kills. */
  readonly killEveryMs: number;
  say?(line: string): void;
}

/** One crash: how long until the same session got a right answer again, and what the server takes to start alone. */
export interface Crash {
  readonly server: string;
  readonly recoveredMs: number;
  readonly startUpMs: number;
}

export interface ChaosReport extends Figures {
  readonly crashes: readonly Crash[];
  readonly redisRestarts: number;
  /** Of the gateway, once a second; MiB. */
  readonly resident: readonly number[];
  /** The gateway ended by itself when it was asked to. */
  readonly endedInTime: boolean;
  /** Processes under it that outlived it. */
  readonly orphans: readonly string[];
  /** The last of what it said on stderr. */
  readonly said: string;
}

/** Fourteen clients call at random while two more wait for servers that were killed. */
const WORKERS = 14;
const THINK_MS = 60;

/** Puts a gateway with ten servers under load and kills what it needs. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const world = await openWorld(options.root);
  try {
    return await inWorld(world, options);
  } finally {
    await world.close();
  }
}

async function inWorld(world: ChaosWorld, options: ChaosOptions): Promise<ChaosReport> {
  const sessions = await Promise.all(
    Array.from({ length: WORKERS + 2 }, async (_, index) => {
      const endpoint = world.endpoints[index % 2];
      if (!endpoint) throw new Error('no endpoint');
      return index % 4 < 2 ? await legacySession(endpoint) : modernSession(endpoint);
    }),
  );
  const tally = createTally();
  await warmUp(world, sessions[0], tally);
  const over = new AbortController();
  const watch = watchProcesses(world.gateway.pid ?? 0, over.signal);
  const work = sessions
    .slice(0, WORKERS)
    .map((session, index) => workLoop({ world, session, tally, who: index, over: over.signal }));
  const crashes = killLoop(world, [sessions[WORKERS], sessions[WORKERS + 2 - 1]], tally, options);
  const redisRestarts = redisLoop(world, options, over.signal);

  const suffered = await crashes;
  over.abort();
  await Promise.all(work);
  const restarts = await redisRestarts;
  const { resident, seen } = await watch;
  const endedInTime = await world.stopGateway();
  return {
    ...tally.figures(world.servers),
    crashes: suffered,
    redisRestarts: restarts,
    resident,
    endedInTime,
    orphans: await orphansOf(seen),
    said: world.said(),
  };
}

/** Every server runs and is right before anything is killed. */
async function warmUp(
  { servers }: ChaosWorld,
  session: GatewaySession | undefined,
  tally: Tally,
): Promise<void> {
  for (const server of servers) {
    const { tool, args, expected } = server.read('warm-up');
    const outcome = await session?.call(`${server.name}__${tool}`, args);
    if (!outcome || !tally.read(server.name, outcome, expected))
      throw new Error(`${server.name} does not work: ${JSON.stringify(outcome)}`);
  }
}

interface Work {
  readonly world: ChaosWorld;
  readonly session: GatewaySession;
  readonly tally: Tally;
  readonly who: number;
  readonly over: AbortSignal;
}

async function workLoop({ world, session, tally, who, over }: Work): Promise<void> {
  const diaries = world.servers.filter(({ diary }) => diary !== undefined);
  for (let turn = 0; !over.aborted; turn += 1) {
    const unique = `client ${who} turn ${turn}.`;
    const kind = Math.random();
    if (kind < 0.65) await readOnce(session, one(world.servers), unique, tally);
    else if (kind < 0.9) {
      tally.write(unique, await session.call(`${one(diaries).name}__write`, { key: unique }));
    } else tally.list(await session.request('tools/list'));
    await pause(Math.random() * 2 * THINK_MS);
  }
}

async function readOnce(
  session: GatewaySession,
  server: ChaosServer,
  value: string,
  tally: Tally,
): Promise<boolean> {
  const { tool, args, expected } = server.read(value);
  return tally.read(server.name, await session.call(`${server.name}__${tool}`, args), expected);
}

const one = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;

async function killLoop(
  world: ChaosWorld,
  probes: readonly (GatewaySession | undefined)[],
  tally: Tally,
  { seconds, leastKills = 0, killEveryMs, say = () => {} }: ChaosOptions,
): Promise<Crash[]> {
  const crashes: Crash[] = [];
  const begun = performance.now();
  const isOver = (): boolean => {
    const lasted = (performance.now() - begun) / 1000;
    return lasted >= (crashes.length < leastKills ? 5 * seconds : seconds);
  };
  for (let turn = 0; !isOver(); turn += 1) {
    const next = performance.now() + killEveryMs;
    const server = world.servers[turn % world.servers.length] as ChaosServer;
    const probe = probes[turn % probes.length] as GatewaySession;
    const startUpMs = await ownStartUp(server);
    const killed = performance.now();
    await crash(world, server);
    while (!(await readOnce(probe, server, `after crash ${turn}.`, tally))) await pause(20);
    const recoveredMs = performance.now() - killed;
    crashes.push({ server: server.name, recoveredMs, startUpMs });
    say(`${server.name}: ${recoveredMs.toFixed(0)} ms (own start-up ${startUpMs.toFixed(0)} ms)`);
    await pause(Math.max(0, next - performance.now()));
  }
  return crashes;
}

/** Kills the programs of a server that run under the gateway, or the one that listens. */
async function crash(world: ChaosWorld, { name, mark, port }: ChaosServer): Promise<void> {
  if (port !== undefined) return await world.restartRemote();
  const running = descendants(world.gateway.pid ?? 0).filter(({ command }) => command.includes(mark));
  if (running.length === 0) throw new Error(`no process of ${name}`);
  for (const { pid } of running) killNow(pid);
}

/** Restarts Redis after each third of the time, with a pause in which there is none. */
async function redisLoop(
  { redis }: ChaosWorld,
  { seconds }: ChaosOptions,
  over: AbortSignal,
): Promise<number> {
  let restarts = 0;
  for (; restarts < 2 && !over.aborted; restarts += 1) {
    await pause((seconds * 1000) / 3, undefined, { signal: over }).catch(() => {});
    await redis.kill();
    await pause(1000);
    await redis.start();
  }
  return restarts;
}

/** Looks once a second which processes the gateway has and how large it is. */
async function watchProcesses(
  gateway: number,
  over: AbortSignal,
): Promise<{ resident: number[]; seen: Map<number, string> }> {
  const resident: number[] = [];
  const seen = new Map<number, string>();
  while (!over.aborted) {
    for (const { pid, command } of descendants(gateway)) seen.set(pid, command);
    resident.push(residentMebibytes(gateway));
    await pause(1000, undefined, { signal: over }).catch(() => {});
  }
  for (const { pid, command } of descendants(gateway)) seen.set(pid, command);
  return { resident, seen };
}

/** Those of the gateway's processes that are there 5 s after its end. */
async function orphansOf(seen: ReadonlyMap<number, string>): Promise<string[]> {
  for (let attempt = 0; attempt < 50 && survivors(seen).length > 0; attempt += 1) await pause(100);
  const left = survivors(seen);
  for (const { pid } of left) killNow(pid);
  return left.map(({ command }) => command);
}
