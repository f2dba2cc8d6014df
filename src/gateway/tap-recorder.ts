import { randomBytes } from 'node:crypto';
import type { CallRecord } from '../audit/audit-log.ts';
import { type AuditMachine, openAuditLog } from '../audit/open-here.ts';
import { McpctlError } from '../core/errors.ts';
import { userName } from '../platform/user-name.ts';
import { readSettings } from '../settings/read.ts';
import { type AuditSettings, DEFAULT_SETTINGS } from '../settings/settings.ts';
import type { Answered, RequestedCall } from './call-facts.ts';

export interface RecordedCall extends Pick<CallRecord, 'intent' | 'ms' | 'bytesIn' | 'bytesOut'> {
  readonly startedAt: Date;
  readonly request: RequestedCall;
  readonly answer: Answered;
  readonly client: { readonly name?: string; readonly version?: string } | undefined;
  readonly serverVersion: string | undefined;
}

/** Writes calls of one server into the audit log. */
export interface CallRecorder {
  /** Whether calls that may change something fail when they cannot be recorded. */
  readonly refuses: boolean;
  /** Settles when the row is written. @throws AUDIT_UNWRITABLE */
  record(call: RecordedCall): Promise<void>;
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly server: string;
  readonly via: CallRecord['via'];
  readonly machine: AuditMachine;
  warn(line: string): void;
}

/** Undefined where the user's settings switch the log off. */
export async function openCallRecorder(options: RecorderOptions): Promise<CallRecorder | undefined> {
  const { server, via, machine, warn } = options;
  const settings = await auditSettings(options);
  if (!settings.enabled) return undefined;
  const log = openAuditLog(machine, settings, { warn, retires: true, isLasting: via !== 'call' });
  log.warmUp();
  const user = userName(machine.env);
  return {
    refuses: settings.onFailure === 'refuse',
    close: async () => await log.close(),
    async record({ startedAt, request, answer, client, serverVersion, ms, ...facts }) {
      const { tool, args, traceId, spanId } = request;
      const { name, version } = request.client ?? client ?? {};
      const { outcome, errorType, result } = answer;
      await log.record({
        ...facts,
        ts: startedAt.toISOString(),
        via,
        method: 'tools/call',
        server,
        outcome,
        ms: Math.round(ms * 1000) / 1000,
        attempt: 1,
        corr: traceId ?? randomBytes(16).toString('hex'),
        ...(errorType !== undefined && { errorType }),
        ...(settings.region !== undefined && { region: settings.region }),
        ...(name !== undefined && { client: name }),
        ...(version !== undefined && { clientVersion: version }),
        ...(serverVersion !== undefined && { serverVersion }),
        ...(tool !== undefined && { tool }),
        ...(traceId !== undefined && { traceId }),
        ...(spanId !== undefined && { spanId }),
        personal: { user, ...(args !== undefined && { args }), ...(result !== undefined && { result }) },
      });
    },
  };
}

/** Settings that cannot be read stop no server, and switch nothing off. */
async function auditSettings({ machine, warn }: RecorderOptions): Promise<AuditSettings> {
  try {
    return (await readSettings(machine)).settings.audit;
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    warn(`${error.message} ${error.hint ?? ''}`.trim());
    return DEFAULT_SETTINGS.audit;
  }
}
