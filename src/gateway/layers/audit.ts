import { McpctlError, messageOf } from '../../core/errors.ts';
import type { CallRecorder, RecordedCall } from '../call-recorder.ts';
import type { Clock } from '../clock.ts';
import { isUnsent, outcomeOfFailure } from '../failure.ts';
import type { Later } from '../later.ts';
import type { ToolAnswer, ToolCall, ToolMiddleware } from '../tool-call.ts';

export interface AuditOptions {
  readonly recorder: CallRecorder;
  /** Does what need not be waited for. */
  readonly later: Later;
  readonly clock: Clock;
  /** Gets what could not be recorded. */
  warn(line: string): void;
}

type Facts = Omit<RecordedCall, 'call' | 'ms'>;

/**
 * Records every call. The row of one that may have changed something is written before its answer is given; that of
 * a read, and of one that reached no server, follows when there is time. While the log cannot be written, calls that
 * may change something are refused, unless the settings let them go on. @throws AUDIT_UNWRITABLE
 */
export function audit({ recorder, later, clock, warn }: AuditOptions): ToolMiddleware {
  let fault: McpctlError | undefined;
  const write = async (row: RecordedCall): Promise<void> => {
    await recorder.record(row);
    fault = undefined;
  };
  /** Rejects only with what the caller has to be told. */
  const writeOrTell = async (row: RecordedCall): Promise<void> => {
    try {
      await write(row);
    } catch (error) {
      const known = unrecorded(error);
      warn(known.message);
      if (!recorder.refuses || row.call.intent === 'read') return;
      fault = known;
      throw known;
    }
  };
  const recordAnswer = async (call: ToolCall, answer: ToolAnswer, ms: number): Promise<void> => {
    const row = (): RecordedCall => ({ call, ms, ...factsOf(answer) });
    if (call.intent === 'read') later.add(() => writeOrTell(row()));
    else await writeOrTell(row());
  };
  const recordFailure = async (call: ToolCall, error: unknown, ms: number): Promise<void> => {
    const row = { call, ms, ...outcomeOfFailure(error, call), bytesOut: 0 };
    if (call.intent === 'read' || isUnsent(error) || row.outcome === 'cancelled') {
      later.add(() => writeOrTell(row));
    } else await writeOrTell(row).catch(() => {});
  };
  return (next) => async (call) => {
    const start = clock.now();
    if (fault && call.intent !== 'read') {
      const refusal = fault;
      const row: RecordedCall = { call, ms: 0, outcome: 'denied', errorType: refusal.code, bytesOut: 0 };
      // Its own row, once it can be written, ends the refusals.
      later.add(() => write(row));
      throw refusal;
    }
    recorder.warmUp();
    let answer: ToolAnswer;
    try {
      answer = await next(call);
    } catch (error) {
      await recordFailure(call, error, clock.now() - start);
      throw error;
    }
    await recordAnswer(call, answer, clock.now() - start);
    return answer;
  };
}

function factsOf(answer: ToolAnswer): Facts {
  const { outcome, errorType, line } = answer;
  return { outcome, line, bytesOut: line.length, ...(errorType !== undefined && { errorType }) };
}

function unrecorded(error: unknown): McpctlError {
  const hint = error instanceof McpctlError ? error.hint : undefined;
  return new McpctlError('AUDIT_UNWRITABLE', `A call was not recorded. ${messageOf(error)}`, {
    ...(hint !== undefined && { hint }),
    cause: error,
    data: { sent: false },
  });
}
