import type { Intent } from '../../audit/row.ts';
import type { McpctlError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { RunHistory } from '../journal/history.ts';
import type { JournalLine, RunEnd } from '../journal/line.ts';
import type { Vault } from '../journal/vault.ts';
import type { StepAnswer } from './answer.ts';

/** One call of a tool, its arguments made. */
export interface StepCall {
  /** `create`, `create:3` for an item of a loop, `create:fallback`, `create:undo`. */
  readonly name: string;
  readonly server: string;
  readonly tool: string;
  readonly args: JsonObject;
  /** Longest time, in milliseconds; what the settings say when absent. */
  readonly timeoutMs?: number;
  /** The run repeats it itself. */
  readonly isRepeatedHere?: boolean;
  readonly signal: StopSignal;
}

/**
 * What became of a call. `failed`: the server said so, or nothing was sent (`isSent` false). `unknown`: it was sent, and
 * nobody knows what came of it.
 */
export type CallResult =
  | { readonly kind: 'ok'; readonly answer: StepAnswer }
  | { readonly kind: 'failed'; readonly error: McpctlError; readonly isSent: boolean }
  | { readonly kind: 'unknown'; readonly error: McpctlError };

/** What happens, for whoever shows it. */
export type RunEvent =
  | { readonly kind: 'called'; readonly step: string; readonly call: StepCall; readonly attempt: number }
  | { readonly kind: 'over'; readonly step: StepReport }
  | { readonly kind: 'undoing'; readonly call: string };

export interface RunPorts {
  /** Makes a call. Never rejects. */
  call(call: StepCall): Promise<CallResult>;
  /** What the tool of a call does, as its server says. */
  intentOf(call: { readonly server: string; readonly tool: string }): Intent;
  /** Settles when the line cannot be lost any more. @throws PIPELINE_JOURNAL_UNWRITABLE */
  record(line: JournalLine): Promise<void>;
  readonly vault: Vault | undefined;
  now(): Date;
  /** Waits; rejects when the signal stops it. */
  pause(ms: number, signal: StopSignal): Promise<void>;
  tell(event: RunEvent): void;
}

/** What a person decided about calls in doubt, by the name of the call or of its step. */
export interface Decisions {
  readonly retried: readonly string[];
}

export type StepStatus = 'ok' | 'failed' | 'skipped' | 'fallback' | 'withheld';

export interface StepReport {
  readonly id: string;
  readonly status: StepStatus;
  /** Why it was skipped or withheld. */
  readonly reason?: string;
  readonly output?: Json;
  readonly error?: ReportedError;
  /** Calls that were made now. */
  readonly calls: number;
  /** Calls whose answers an earlier process left. */
  readonly reused: number;
  readonly ms: number;
}

export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export interface UndoReport {
  /** The call that was taken back. */
  readonly call: string;
  readonly status: 'ok' | 'failed' | 'unknown';
  readonly error?: ReportedError;
}

export interface RunReport {
  readonly run: string;
  readonly pipeline: string;
  readonly status: RunEnd;
  /** Only what reads was called, and nothing was kept. */
  readonly isDry: boolean;
  readonly steps: readonly StepReport[];
  /** Of a run that is done. */
  readonly outputs?: JsonObject;
  /** The step that ended the run, and why. */
  readonly failed?: { readonly step: string; readonly error: ReportedError };
  /** Names of calls in doubt. */
  readonly inDoubt: readonly string[];
  readonly undone: readonly UndoReport[];
  /** With `--dry-run=reads`: calls that were not made. */
  readonly withheld: readonly Pick<StepCall, 'name' | 'server' | 'tool' | 'args'>[];
  readonly warnings: readonly string[];
  readonly ms: number;
}

export interface FormerRun {
  readonly history: RunHistory;
  readonly decisions: Decisions;
}

export function reported({ code, message, hint }: McpctlError): ReportedError {
  return { code, message, ...(hint !== undefined && { hint }) };
}
