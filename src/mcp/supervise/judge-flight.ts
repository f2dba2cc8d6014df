import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { isRepeatableMethod } from '../repeatable.ts';
import type { Tool } from '../tools.ts';
import type { Flight } from './flights.ts';
import { memberOf } from './listing.ts';

/** A request during which the program ended so often is taken for the cause. */
const MOST_SENDS = 3;

export interface Crash {
  readonly server: string;
  readonly reason: McpctlError;
  /** As the run that ended listed them. */
  readonly tools: readonly Tool[] | undefined;
}

/** Why a request that was in flight when the program ended is not sent again; undefined when it is. */
export function judgeFlight(flight: Flight, { server, reason, tools }: Crash): McpctlError | undefined {
  const { method = 'a batch' } = flight.envelope;
  const tool = method === 'tools/call' ? memberOf(flight.bytes, 'params')?.name : undefined;
  const what = typeof tool === 'string' ? `${method} ${tool}` : method;
  const isRepeatable =
    isRepeatableMethod(method) || method === 'subscriptions/listen' || isHarmless(tools, tool);
  if (!isRepeatable) {
    return new McpctlError(
      'OUTCOME_UNKNOWN',
      `${server} ended before it answered ${what}, which may have been carried out; it was not repeated. ${reason.message}`,
      {
        hint: 'Look whether the change was made, then repeat the call if it was not.',
        cause: reason,
        data: { server, sent: true, isRestarting: true },
      },
    );
  }
  if (flight.sends < MOST_SENDS) return undefined;
  return new McpctlError(
    'SERVER_CRASH_LOOP',
    `${server} ended ${flight.sends} times in a row while it worked on ${what}. ${reason.message}`,
    { hint: `mcpctl doctor ${server}`, cause: reason, data: { server, sent: true } },
  );
}

/** What a server says of its tools is a claim; it is the one who would do the work twice. */
function isHarmless(tools: readonly Tool[] | undefined, name: unknown): boolean {
  const annotations = tools?.find((tool) => tool.name === name)?.annotations;
  if (!isRecord(annotations)) return false;
  return annotations.readOnlyHint === true || annotations.idempotentHint === true;
}
