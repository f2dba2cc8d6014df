import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewaySession, Outcome } from './clients.ts';
import { legacySession, modernSession } from './clients.ts';
import {
  answerOf,
  end,
  type GatewayHome,
  type GatewayProcess,
  makeToken,
  startGateway,
} from './gateway-process.ts';

export interface SigkillOptions {
  /** The folder of the package, with its build. */
  readonly root: string;
  /** Answered calls the run is over at. */
  readonly calls: number;
  readonly kills: number;
  say?(line: string): void;
}

export interface SigkillReport {
  /** Kind of call → how many of that kind were answered. */
  readonly answered: Readonly<Record<string, number>>;
  /** Answered, and not in the log: trace id and kind. */
  readonly lost: readonly string[];
  readonly kills: number;
  /** What `audit verify` said of the log. */
  readonly isWhole: boolean;
}

const CLIENTS = 16;

/** Kinds of calls: reads, some of them from the cache, writes, and what is not allowed. */
const KINDS = ['read', 'cached', 'write', 'denied'] as const;

/** Kills the gateway again and again while clients call, and compares what was answered with the audit log. */
export async function runSigkills({
  root,
  calls,
  kills,
  say = () => {},
}: SigkillOptions): Promise<SigkillReport> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-sigkill-')));
  const env = { HOME: folder, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' };
  const home = { mcpctl: join(root, 'bin/mcpctl.js'), env };
  await writeHome(root, folder);
  const token = await makeToken(home, 'ada');
  const answered = new Map<string, string>();
  try {
    for (let life = 0; life <= kills; life += 1) {
      const gateway = await startGateway(home);
      const enough = Math.floor((calls * (life + 1)) / (kills + 1));
      await callUntil(gateway, token, answered, enough, life);
      // The last one ends as it should, and others take over what the killed ones left.
      await end(gateway.child, life < kills ? 'SIGKILL' : 'SIGTERM');
      say(`${answered.size} calls answered, ${Math.min(life + 1, kills)} kills`);
    }
    const recorded = await recordedTraces(join(folder, '.local/state/mcpctl/audit'));
    const counts = KINDS.map((kind) => [kind, [...answered.values()].filter((one) => one === kind).length]);
    return {
      answered: Object.fromEntries(counts),
      lost: [...answered]
        .filter(([trace]) => !recorded.has(trace))
        .map(([trace, kind]) => `${kind} ${trace}`),
      kills,
      isWhole: await isWhole(home),
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function writeHome(root: string, home: string): Promise<void> {
  const server = join(root, 'test/fixtures/servers/diary.mjs');
  const args = [server, join(home, 'written')];
  const settings = {
    limits: { perMinute: 0 },
    audit: { key: 'file' },
    cache: { tools: { 'still/read': { ttlMs: 60_000 } } },
    policy: { deny: ['still/write'] },
  };
  const entry = { command: process.execPath, args };
  const [claude, ours] = [join(home, '.config/claude'), join(home, '.config/mcpctl')];
  await mkdir(claude, { recursive: true });
  await mkdir(ours, { recursive: true });
  const manifest = JSON.stringify({ mcpServers: { diary: entry, still: entry } });
  await writeFile(join(claude, 'claude_desktop_config.json'), manifest);
  await writeFile(join(ours, 'config.json'), JSON.stringify(settings));
}

/** Calls until so many were answered in all, then leaves the rest under way. */
async function callUntil(
  { url }: GatewayProcess,
  token: string,
  answered: Map<string, string>,
  enough: number,
  life: number,
): Promise<void> {
  const endpoint = { url, token };
  const workers = Array.from({ length: CLIENTS }, async (_, who) => {
    const session = who % 2 === 0 ? await legacySession(endpoint) : modernSession(endpoint);
    for (let turn = 0; answered.size < enough; turn += 1) {
      const kind = KINDS[turn % KINDS.length] ?? 'read';
      const trace = traceOf(life, who, turn);
      const outcome = await callOf(session, kind, trace);
      if (!('lost' in outcome)) answered.set(trace, kind);
    }
  });
  await Promise.race(workers);
  // Those that are still under way meet the end of the gateway.
  for (const worker of workers) worker.catch(() => {});
}

function callOf(session: GatewaySession, kind: (typeof KINDS)[number], trace: string): Promise<Outcome> {
  const _meta = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
  const calls = {
    read: { name: 'diary__read', arguments: { value: trace } },
    cached: { name: 'still__read', arguments: { value: 'the same' } },
    write: { name: 'diary__write', arguments: { key: trace } },
    denied: { name: 'still__write', arguments: { key: trace } },
  };
  return session.request('tools/call', { ...calls[kind], _meta });
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');
const traceOf = (life: number, who: number, turn: number): string =>
  `${hex(life + 1, 8)}${hex(who, 8)}${hex(turn, 16)}`;

async function recordedTraces(folder: string): Promise<Set<string>> {
  const traces = new Set<string>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.jsonl'))) {
    const lines = (await readFile(join(folder, name), 'utf8')).split('\n');
    // What follows the last line break was never finished.
    for (const line of lines.slice(0, -1)) traces.add(/"traceId":"([0-9a-f]{32})"/.exec(line)?.[1] ?? '');
  }
  return traces;
}

async function isWhole(home: GatewayHome): Promise<boolean> {
  return await answerOf(home, ['audit', 'verify']).then(
    () => true,
    (error: Error) => {
      process.stderr.write(`${error.message}\n`);
      return false;
    },
  );
}
