import type { Clock } from '../clock.ts';
import { outcomeOfFailure } from '../failure.ts';
import type { MeasuredCall } from '../meter.ts';
import type { ToolMiddleware } from '../tool-call.ts';

/** Tells every call with its outcome and its duration: calls of clients, or attempts, by where it stands. */
export function metrics(tell: (call: MeasuredCall) => void, clock: Clock): ToolMiddleware {
  return (next) => (call) => {
    const start = clock.now();
    const { server, tool } = call;
    const seconds = (): number => (clock.now() - start) / 1000;
    return next(call).then(
      (answer) => {
        const { outcome, errorType } = answer;
        tell({ server, tool, outcome, errorType, seconds: seconds() });
        return answer;
      },
      (error: unknown) => {
        tell({ server, tool, ...outcomeOfFailure(error, call), seconds: seconds() });
        throw error;
      },
    );
  };
}
