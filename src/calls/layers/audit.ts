import { McpctlError, messageOf } from '../../core/errors.ts';
import type { CallRecorder, PreparedRow, RecordedCall } from '../call-recorder.ts';
import type { Clock } from '../clock.ts';
import { outcomeOfFailure } from '../failure.ts';
import type { Meter } from '../meter.ts';
import type { ToolAnswer, ToolCall, ToolMiddleware } from '../tool-call.ts';

export interface AuditOptions {
  readonly recorder: CallRecorder;
  readonly clock: Clock;
  readonly meter: Pick<Meter, 'audited'>;
  /** Gets what could not be recorded. */
  warn(line: string): void;
}

/** Longer than the log needs to do without a keychain that hangs. */
const LONGEST_MS = 20_000;

/**
 * Records every call before its answer is given, so that no end of this process leaves an answered call out. While
 * the log cannot be written, calls that may change something are refused, unless the settings let them go on; reads
 * are answered. Nobody waits for the log without end. @throws AUDIT_UNWRITABLE
 */
export function audit({ recorder, clock, meter, warn }: AuditOptions): ToolMiddleware {
  let fault: McpctlError | undefined;
  const inTime = async (recording: Promise<void>): Promise<void> => {
    let takeBack = (): void => {};
    const late = new Promise<never>((_, reject) => {
      takeBack = clock.after(LONGEST_MS, () => reject(tookTooLong()));
    });
    await Promise.race([recording, late]).finally(() => takeBack());
  };
  const written = (): void => {
    meter.audited(true);
    fault = undefined;
  };
  const lost = (error: unknown): never => {
    meter.audited(false);
    throw error;
  };
  const write = (row: RecordedCall): Promise<void> => {
    const { isPrompt } = recorder;
    const recording = recorder.record(row);
    return (isPrompt ? recording : inTime(recording)).then(written, lost);
  };
  /** Takes note of a row that could not be written; what its caller has to be told, if anything. */
  const unwritten = (error: unknown, { intent }: ToolCall): McpctlError | undefined => {
    const known = unrecorded(error);
    warn(known.message);
    if (!recorder.refuses || intent === 'read') return undefined;
    fault = known;
    return known;
  };
  const refuse = async (call: ToolCall, refusal: McpctlError): Promise<never> => {
    // Its own row, once it can be written, ends the refusals.
    await write({ call, ms: 0, outcome: 'denied', errorType: refusal.code, bytesOut: 0 }).catch(() => {});
    throw refusal;
  };
  return (next) => async (call) => {
    const start = clock.now();
    if (fault && call.intent !== 'read') return await refuse(call, fault);
    let answer: ToolAnswer;
    let prepared: PreparedRow | undefined;
    try {
      const answering = next(call);
      prepared = recorder.prepare(call);
      answer = await answering;
    } catch (error) {
      const ms = clock.now() - start;
      // What went wrong with the call is what its caller has to be told.
      await write({ call, ms, ...outcomeOfFailure(error, call), bytesOut: 0, prepared }).catch(
        (failure: unknown) => unwritten(failure, call),
      );
      throw error;
    }
    const { outcome, errorType, line } = answer;
    const ms = clock.now() - start;
    try {
      await write({ call, ms, outcome, errorType, line, bytesOut: line.length, prepared });
    } catch (error) {
      const refusal = unwritten(error, call);
      if (refusal) throw refusal;
    }
    return answer;
  };
}

function tookTooLong(): McpctlError {
  return new McpctlError('AUDIT_UNWRITABLE', `The audit log took no row for ${LONGEST_MS / 1000} s.`, {
    hint: 'Look whether its disk and the keychain answer: mcpctl audit verify',
  });
}

function unrecorded(error: unknown): McpctlError {
  const hint = error instanceof McpctlError ? error.hint : undefined;
  return new McpctlError('AUDIT_UNWRITABLE', `A call was not recorded. ${messageOf(error)}`, {
    ...(hint !== undefined && { hint }),
    cause: error,
    data: { sent: false },
  });
}
