import { McpctlError } from '../../core/errors.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { Scope } from '../expressions/evaluate.ts';
import type { Performer } from './perform.ts';
import { type FormerRun, type RunPorts, reported, type UndoReport } from './ports.ts';
import { argumentsOf, type DoneCall, faultError } from './step.ts';

export interface UndoOptions {
  readonly run: string;
  /** Why something is taken back. */
  readonly failedStep: string;
  /** In the order they were done. */
  readonly done: readonly DoneCall[];
  readonly scope: Scope;
  readonly performer: Performer;
  readonly ports: RunPorts;
  readonly signal: StopSignal;
  readonly former?: FormerRun;
}

/** Takes back what was done, the last first, as far as the steps say how. What fails is reported, and the rest goes on. */
export async function undo(options: UndoOptions): Promise<UndoReport[]> {
  const { done, ports, failedStep, former } = options;
  const calls = done.filter(({ step }) => step.compensate !== undefined).reverse();
  if (calls.length === 0) return [];
  if (former?.history.aborting === undefined) {
    await ports.record({ kind: 'aborting', at: ports.now().toISOString(), step: failedStep });
  }
  const reports: UndoReport[] = [];
  for (const call of calls) {
    if (options.signal.aborted) break;
    ports.tell({ kind: 'undoing', call: call.name });
    reports.push(await undoOne(call, options));
  }
  return reports;
}

async function undoOne(
  { step, name, output, loop }: DoneCall,
  { scope, performer, signal }: UndoOptions,
): Promise<UndoReport> {
  const { compensate } = step;
  if (!compensate) return { call: name, status: 'ok' };
  try {
    const own = { status: 'ok', ...(output !== undefined && { output }) };
    const steps = { ...(scope.steps as object), [step.id]: own };
    const args = argumentsOf(compensate, { ...scope, ...loop, steps });
    const { server, tool } = compensate;
    const request = { step: step.id, name: `${name}:undo`, server, tool, args, attempts: 1, pauseMs: 0 };
    const performed = await performer.perform(request, signal);
    if (performed.kind === 'ok') return { call: name, status: 'ok' };
    if (performed.kind === 'withheld') return { call: name, status: 'failed' };
    return { call: name, status: performed.kind, error: reported(performed.error) };
  } catch (error) {
    if (error instanceof McpctlError) throw error;
    return { call: name, status: 'failed', error: reported(faultError(error, step.id)) };
  }
}
