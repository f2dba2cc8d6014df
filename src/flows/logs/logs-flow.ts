import { once } from 'node:events';
import type { Context } from '../../cli/context.ts';
import { parseMoment } from '../../cli/moment.ts';
import { closest } from '../../core/closest.ts';
import { McpctlError } from '../../core/errors.ts';
import { followLogs } from '../../gateway/logs/follow-logs.ts';
import type { LogLine } from '../../gateway/logs/log-line.ts';
import {
  GATEWAY,
  type HistoryOptions,
  type LogHistory,
  loggedServers,
  readLogs,
} from '../../gateway/logs/read-log.ts';
import type { Level } from '../../gateway/logs/text-line.ts';
import { readManifests } from '../../manifest/manifest.ts';

export interface LogsOptions {
  readonly server?: readonly string[];
  readonly since?: string;
  readonly lines?: string;
  readonly level?: Level;
  readonly follow?: boolean;
}

/** Enough to see what went wrong last. */
const USUAL_LINES = 100;

/**
 * What to read. Without `--lines` all that `--since` names, else the last hundred.
 * @throws SERVER_UNKNOWN, USAGE.
 */
export async function logQuery(
  named: readonly string[],
  options: LogsOptions,
  { paths, cwd, now }: Pick<Context, 'paths' | 'cwd' | 'now'>,
): Promise<HistoryOptions> {
  const { since, level, lines, follow = false } = options;
  const servers = [...new Set([...named, ...(options.server ?? [])])];
  await refuseUnknown(servers, { paths, cwd });
  const from = since === undefined ? undefined : parseMoment(since, '--since', now()).getTime();
  const limit = lines === undefined ? (from === undefined ? USUAL_LINES : undefined) : parseCount(lines);
  return {
    folder: paths.logs,
    servers,
    isFollowed: follow,
    ...(from !== undefined && { since: from }),
    ...(level !== undefined && { level }),
    ...(limit !== undefined && { limit }),
  };
}

/** What was written so far. */
export async function recentLines(query: HistoryOptions, { output }: Context): Promise<LogHistory> {
  const history = await readLogs(query);
  if (history.undated > 0) {
    const count = history.undated === 1 ? 'A line tells' : `${history.undated} lines tell`;
    output.warn(
      `${count} no time and may be older or younger than --since: left out. Without --since all show.`,
    );
  }
  return history;
}

/** Writes what is there and then what comes, until the user stops it or nobody reads any more. */
export async function writeAsItComes(
  query: HistoryOptions,
  context: Context,
  render: (line: LogLine) => string,
): Promise<void> {
  const { stdout, signal } = context;
  const unread = new AbortController();
  const end = (): void => unread.abort();
  stdout.on('error', end).on('close', end);
  const over = AbortSignal.any([signal, unread.signal]);
  const write = async (lines: readonly LogLine[]): Promise<void> => {
    const isTaken = lines.length === 0 || stdout.write(lines.map((line) => `${render(line)}\n`).join(''));
    if (!isTaken) await once(stdout, 'drain', { signal: over }).catch(() => undefined);
  };
  try {
    const { lines, positions } = await recentLines(query, context);
    await write(lines);
    for await (const found of followLogs({ ...query, positions, signal: over })) await write(found);
  } finally {
    stdout.off('error', end).off('close', end);
  }
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new McpctlError('USAGE', `--lines ${JSON.stringify(text)} is no count.`, { hint: '--lines 500' });
}

/** A server that was removed has a log until its files are, and logs are there to be read when a manifest is broken. */
async function refuseUnknown(
  servers: readonly string[],
  { paths, cwd }: Pick<Context, 'paths' | 'cwd'>,
): Promise<void> {
  const manifests = await readManifests({ paths, cwd }).catch(() => undefined);
  if (!manifests) return;
  const files = [manifests.user, manifests.project].filter((file) => file !== undefined);
  const inManifests = files.flatMap((file) => [...file.servers.keys(), ...file.broken.keys()]);
  const known = new Set([...inManifests, ...(await loggedServers(paths.logs))]);
  for (const server of servers) {
    if (server === GATEWAY || known.has(server)) continue;
    const [near] = closest(server, known);
    throw new McpctlError(
      'SERVER_UNKNOWN',
      `There is no server ${JSON.stringify(server)}, and no log of one.`,
      {
        hint: near ? `Did you mean: mcpctl logs ${near}` : `Known: ${[...known, GATEWAY].sort().join(', ')}.`,
        data: { server, known: [...known] },
      },
    );
  }
}
