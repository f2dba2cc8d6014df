import { McpctlError } from '../../core/errors.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { ConcurrencySettings } from '../../settings/call-settings.ts';
import type { ToolAnswer, ToolMiddleware } from '../tool-call.ts';

/**
 * Keeps the number of calls a server works on at once. Others wait for their turn, one principal's as often as
 * another's, and are refused when too many wait. @throws SERVER_BUSY
 */
export function bulkhead({ perServer, servers, queue }: ConcurrencySettings): ToolMiddleware {
  const rooms = new Map<string, Room>();
  const roomOf = (server: string): Room | undefined => {
    const places = Object.hasOwn(servers, server) ? (servers[server] ?? perServer) : perServer;
    if (places === 0) return undefined;
    const room = rooms.get(server) ?? createRoom(places);
    rooms.set(server, room);
    return room;
  };
  return (next) => (call) => {
    const { server, principal, signal } = call;
    const room = roomOf(server);
    if (!room) return next(call);
    if (room.takeAtOnce()) return next(call).then(room.answered, room.failed);
    if (room.waiting >= queue) return Promise.reject(busy(server, queue));
    return room.wait(principal, signal).then(() => next(call).then(room.answered, room.failed));
  };
}

interface Room {
  readonly waiting: number;
  takeAtOnce(): boolean;
  /** Settles with a place taken. Rejects with the signal's reason. */
  wait(principal: string, signal: StopSignal): Promise<void>;
  /** Both leave the place to the next one, and pass on what they got. */
  answered(answer: ToolAnswer): ToolAnswer;
  failed(error: unknown): never;
}

function createRoom(places: number): Room {
  let taken = 0;
  let waiting = 0;
  /** Principal → who waits, in order; the first principal is the next to be served. */
  const lines = new Map<string, Set<() => void>>();
  const nextInLine = (): (() => void) | undefined => {
    for (const [principal, line] of lines) {
      const [first] = line;
      lines.delete(principal);
      if (!first) continue;
      line.delete(first);
      if (line.size > 0) lines.set(principal, line);
      return first;
    }
    return undefined;
  };
  const leave = (): void => {
    const enter = nextInLine();
    if (enter) enter();
    else taken -= 1;
  };
  return {
    get waiting() {
      return waiting;
    },
    takeAtOnce() {
      if (taken >= places) return false;
      taken += 1;
      return true;
    },
    async wait(principal, signal) {
      signal.throwIfAborted();
      waiting += 1;
      const line = lines.get(principal) ?? new Set();
      lines.set(principal, line);
      await new Promise<void>((resolve, reject) => {
        const enter = (): void => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        const giveUp = (): void => {
          line.delete(enter);
          reject(signal.reason);
        };
        line.add(enter);
        signal.addEventListener('abort', giveUp, { once: true });
      }).finally(() => {
        waiting -= 1;
      });
    },
    answered(answer) {
      leave();
      return answer;
    },
    failed(error) {
      leave();
      throw error;
    },
  };
}

function busy(server: string, queue: number): McpctlError {
  return new McpctlError(
    'SERVER_BUSY',
    `${server} has all the calls it may work on, and ${queue} wait already.`,
    {
      hint: 'Wait for other calls to end, or raise concurrency in the settings: mcpctl config show',
      data: { server, retryAfterMs: 1000, sent: false },
    },
  );
}
