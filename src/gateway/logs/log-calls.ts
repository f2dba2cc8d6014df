import { performance } from 'node:perf_hooks';
import { outcomeOfFailure } from '../../calls/failure.ts';
import type { ToolMiddleware } from '../../calls/tool-call.ts';
import type { GatewayLog, LoggedCall } from './gateway-log.ts';

/** Logs how every call ended. */
export function logCalls({ call: write }: Pick<GatewayLog, 'call'>): ToolMiddleware {
  return (next) => (call) => {
    const start = performance.now();
    const ended = ({ outcome, errorType }: Pick<LoggedCall, 'outcome' | 'errorType'>): void => {
      const { corr, server, tool, principal, client, notes } = call;
      const { attempt, cache } = notes;
      write({
        corr,
        server,
        tool,
        principal,
        client: client?.name,
        attempt: attempt > 1 ? attempt : undefined,
        cache,
        outcome,
        errorType,
        ms: performance.now() - start,
      });
    };
    return next(call).then(
      (answer) => {
        ended(answer);
        return answer;
      },
      (error: unknown) => {
        ended(outcomeOfFailure(error, call));
        throw error;
      },
    );
  };
}
