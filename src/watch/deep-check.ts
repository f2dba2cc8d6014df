import { describeFirstCall } from '../catalog/phrases.ts';
import { McpctlError } from '../core/errors.ts';
import type { CheckCall, CheckedCall } from '../gateway/control/check-call.ts';
import type { WatchSettings } from '../settings/watch-settings.ts';
import type { WatchedServer, WatchPorts } from './ports.ts';

/** The last harmless call to a server. */
export interface LastCheck extends CheckedCall {
  readonly tool: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Asks a server now and then for more than a sign of life. */
export interface DeepCheck {
  /**
   * What is to be called with the next question; undefined while it is not due, and where nothing is known that may be
   * called. Tools in `changed` are not what was locked, and are left alone.
   */
  due(changed: readonly string[]): Promise<CheckCall | undefined>;
  /** What came of it; undefined where who was asked knows no such question. */
  told(call: CheckCall, called: CheckedCall | undefined): void;
  /** What was found before does not count any more. */
  forget(): void;
  /** What does not work although the server answers; the same until the next call. */
  readonly flaw: McpctlError | undefined;
  readonly last: LastCheck | undefined;
}

export interface DeepCheckOptions {
  readonly ports: Pick<WatchPorts, 'clock' | 'callOf'>;
  readonly settings: Pick<WatchSettings, 'deep' | 'deepIntervalMs' | 'intervalMs'>;
}

/** Undefined where the settings want no more than a sign of life. */
export function deepCheckOf(
  server: WatchedServer,
  { ports: { clock, callOf }, settings: { deep, deepIntervalMs, intervalMs } }: DeepCheckOptions,
): DeepCheck | undefined {
  if (!deep) return undefined;
  const everyMs = Math.max(deepIntervalMs, intervalMs);
  let known: Promise<CheckCall | undefined> | undefined;
  let dueAt = Number.NEGATIVE_INFINITY;
  let flaw: McpctlError | undefined;
  let last: LastCheck | undefined;
  return {
    async due(changed) {
      if (clock.now() < dueAt) return undefined;
      known ??= callOf(server);
      const call = await known;
      return call && !changed.includes(call.tool) ? call : undefined;
    },
    told(call, called) {
      const at = clock.now();
      last = called && { ...called, tool: call.tool, at };
      flaw = called?.outcome === 'failed' ? failed(server.name, call, called) : undefined;
      // Somebody waits to see that it works again.
      dueAt = at + (flaw ? intervalMs : everyMs);
    },
    forget() {
      dueAt = Number.NEGATIVE_INFINITY;
      flaw = undefined;
    },
    get flaw() {
      return flaw;
    },
    get last() {
      return last;
    },
  };
}

function failed(server: string, { tool, arguments: args }: CheckCall, { message }: CheckedCall): McpctlError {
  return new McpctlError('SERVER_CALL_FAILED', `${server} answers, but its tool ${tool} fails: ${message}`, {
    hint: describeFirstCall({ tool, args }, server),
    data: { server, tool },
  });
}
