import { performance } from 'node:perf_hooks';
import { outcomeOfFailure } from '../../calls/failure.ts';
import type { ToolCall, ToolMiddleware } from '../../calls/tool-call.ts';
import type { GatewayLog, LoggedCall } from './gateway-log.ts';

/** Logs how every call ended. */
export function logCalls({ call: write }: Pick<GatewayLog, 'call'>): ToolMiddleware {
  return (next) => (call) => {
    const start = performance.now();
    const ended = (how: Pick<LoggedCall, 'outcome' | 'errorType'>): void =>
      write({ ...factsOf(call), ...how, ms: performance.now() - start });
    return next(call).then(
      (answer) => {
        const { outcome, errorType } = answer;
        ended({ outcome, ...(errorType !== undefined && { errorType }) });
        return answer;
      },
      (error: unknown) => {
        ended(outcomeOfFailure(error, call));
        throw error;
      },
    );
  };
}

function factsOf({ corr, server, tool, principal, client, notes }: ToolCall) {
  const { attempt, cache } = notes;
  return {
    corr,
    server,
    tool,
    principal,
    ...(client?.name !== undefined && { client: client.name }),
    ...(attempt > 1 && { attempt }),
    ...(cache !== undefined && { cache }),
  };
}
