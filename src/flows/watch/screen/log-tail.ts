import { followLogs } from '../../../gateway/logs/follow-logs.ts';
import type { LogLine } from '../../../gateway/logs/log-line.ts';
import { readLogs } from '../../../gateway/logs/read-log.ts';

export interface LogTail {
  readonly server: string;
  /** Oldest first; new ones are added. */
  readonly lines: readonly LogLine[];
  close(): void;
}

/** Enough to scroll back through, and little to keep. */
const MOST_LINES = 1000;
const FIRST_LINES = 300;

/** The latest lines of a server's log, and what comes; `changed` is called after each addition. */
export function openLogTail(server: string, folder: string, changed: () => void): LogTail {
  const over = new AbortController();
  const lines: LogLine[] = [];
  const add = (more: readonly LogLine[]): void => {
    lines.push(...more.slice(-MOST_LINES));
    lines.splice(0, lines.length - MOST_LINES);
    changed();
  };
  const query = { folder, servers: [server] };
  const follow = async (): Promise<void> => {
    const history = await readLogs({ ...query, limit: FIRST_LINES, isFollowed: true });
    if (over.signal.aborted) return;
    add(history.lines);
    const { positions } = history;
    for await (const more of followLogs({ ...query, positions, signal: over.signal })) add(more);
  };
  follow().catch((error: unknown) => {
    // A folder that cannot be read is shown where the lines would be, and ends nothing.
    const text = error instanceof Error ? error.message : String(error);
    add([{ at: undefined, from: 'server', server, level: 'error', text }]);
  });
  return { server, lines, close: () => over.abort() };
}
