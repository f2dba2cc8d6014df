import type { Clock } from '../clock.ts';
import { outcomeOfFailure } from '../failure.ts';
import type { Meter } from '../meter.ts';
import type { ToolMiddleware } from '../tool-call.ts';

/** Counts every call with its outcome and its duration. */
export function metrics(meter: Meter, clock: Clock): ToolMiddleware {
  return (next) => async (call) => {
    const start = clock.now();
    const { server, tool } = call;
    const seconds = (): number => (clock.now() - start) / 1000;
    try {
      const answer = await next(call);
      const { outcome, errorType } = answer;
      meter.called({
        server,
        tool,
        outcome,
        seconds: seconds(),
        ...(errorType !== undefined && { errorType }),
      });
      return answer;
    } catch (error) {
      meter.called({ server, tool, ...outcomeOfFailure(error, call), seconds: seconds() });
      throw error;
    }
  };
}
