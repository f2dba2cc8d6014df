import type { CallRecord } from '../audit/audit-log.ts';
import { type AuditMachine, openAuditLog } from '../audit/open-here.ts';
import type { Outcome } from '../audit/row.ts';
import { userName } from '../platform/user-name.ts';
import type { AuditSettings } from '../settings/settings.ts';
import { LONGEST_NAME } from './call-facts.ts';
import { parsedResult } from './line-answer.ts';
import type { ToolCall } from './tool-call.ts';

/** A call and what became of it. */
export interface RecordedCall {
  readonly call: ToolCall;
  readonly outcome: Outcome;
  readonly errorType?: string | undefined;
  readonly ms: number;
  /** The answer, when there was one. */
  readonly line?: Buffer;
  readonly bytesOut: number;
  readonly prepared?: PreparedRow | undefined;
}

/** Writes calls into the audit log. */
export interface CallRecorder {
  /** Whether calls that may change something fail when they cannot be recorded. */
  readonly refuses: boolean;
  /** Does what can be done of a call's row while its server works on it; `record` is to get what it returns. */
  prepare(call: ToolCall): PreparedRow;
  /** Settles when the row is written. @throws AUDIT_UNWRITABLE */
  record(call: RecordedCall): Promise<void>;
  /** Whether what is recorded now is written within this turn; otherwise nobody knows when. */
  readonly isPrompt: boolean;
  close(): Promise<void>;
}

/** The row of a call on its way. */
export interface PreparedRow {
  readonly call: ToolCall;
  personal?: CallRecord['personal'];
  sealed?: CallRecord['sealed'];
  isRecorded?: boolean;
}

export interface RecorderOptions {
  readonly machine: AuditMachine;
  readonly settings: AuditSettings;
  /** Whether this process lives on and should stay small. */
  readonly isLasting: boolean;
  warn(line: string): void;
}

/** Undefined where the user's settings switch the log off. */
export function openCallRecorder(options: RecorderOptions): CallRecorder | undefined {
  const { machine, settings, isLasting, warn } = options;
  if (!settings.enabled) return undefined;
  const log = openAuditLog(machine, settings, { warn, retires: true, isLasting });
  const user = userName(machine.env);
  /** Calls that began in this turn. */
  let begun: PreparedRow[] = [];
  const personOf = (call: ToolCall): CallRecord['personal'] => {
    const args = call.args();
    return { user: call.principal === 'local' ? user : call.principal, ...(args !== undefined && { args }) };
  };
  const prepareAll = (): void => {
    const rows = begun;
    begun = [];
    for (const row of rows) {
      if (row.isRecorded) continue;
      row.personal = personOf(row.call);
      row.sealed = log.prepare({ corr: row.call.corr, personal: row.personal });
    }
  };
  return {
    refuses: settings.onFailure === 'refuse',
    get isPrompt() {
      return log.isPrompt;
    },
    prepare(call) {
      const row: PreparedRow = { call };
      // The calls leave first.
      if (begun.length === 0) setImmediate(prepareAll);
      begun.push(row);
      return row;
    },
    close: async () => await log.close(),
    record({ call, outcome, errorType, ms, line, bytesOut, prepared }) {
      if (prepared) prepared.isRecorded = true;
      const { via, server, tool, intent, corr, trace, notes } = call;
      const { name, version } = call.client ?? {};
      const result = settings.payloads && line ? parsedResult(line) : undefined;
      return log.record({
        ts: call.startedAt.toISOString(),
        via,
        method: 'tools/call',
        server,
        tool: tool.slice(0, LONGEST_NAME),
        intent,
        outcome,
        ms: Math.round(ms * 1000) / 1000,
        attempt: notes.attempt,
        bytesIn: call.line.length,
        bytesOut,
        corr,
        parent: call.parent,
        traceId: trace.traceId,
        spanId: trace.spanId,
        errorType,
        region: settings.region,
        client: name,
        clientVersion: version,
        serverVersion: notes.serverVersion,
        cache: notes.cache,
        policy: notes.policy,
        fallbackFor: notes.fallbackFor && nameOf(notes.fallbackFor),
        answeredBy: notes.answeredBy && nameOf(notes.answeredBy),
        personal:
          result === undefined ? (prepared?.personal ?? personOf(call)) : { ...personOf(call), result },
        sealed: result === undefined ? prepared?.sealed : undefined,
      });
    },
  };
}

function nameOf({ server, tool }: { readonly server: string; readonly tool: string }): string {
  return `${server}/${tool}`;
}
