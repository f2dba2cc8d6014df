import { randomBytes } from 'node:crypto';
import { pause, systemClock } from '../../calls/clock.ts';
import type { Context } from '../../cli/context.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { Pipeline } from '../../pipelines/format/pipeline.ts';
import type { ReadPipeline } from '../../pipelines/format/read-pipeline.ts';
import { journalFolder } from '../../pipelines/journal/files.ts';
import { boundOf, type RunHistory } from '../../pipelines/journal/history.ts';
import type { JournalLine } from '../../pipelines/journal/line.ts';
import type { Vault } from '../../pipelines/journal/vault.ts';
import { type JournalWriter, openJournal } from '../../pipelines/journal/writer.ts';
import type { FormerRun, RunEvent, RunPorts, RunReport } from '../../pipelines/run/ports.ts';
import { runPipeline } from '../../pipelines/run/run-pipeline.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { identifyThisProcess } from '../../platform/process-identity.ts';

export interface ExecuteOptions {
  readonly run: string;
  readonly read: ReadPipeline & { readonly pipeline: Pipeline };
  readonly inputs: JsonObject;
  readonly calls: Pick<RunPorts, 'call' | 'intentOf'>;
  /** Or why there is none. */
  readonly vault: Vault | string;
  readonly former?: FormerRun;
  /** Calls a person says are done, with their answers sealed. */
  readonly settled?: readonly { readonly call: string; readonly answer?: string }[];
  readonly machine: Pick<Context, 'paths' | 'now'>;
  /** Aborted when it is to stop. */
  readonly signal: StopSignal;
  tell(event: RunEvent): void;
}

/** Runs a pipeline with its journal, or what is left of a run. @throws LOCK_TIMEOUT while another process runs it. */
export async function executeRun(options: ExecuteOptions): Promise<RunReport> {
  const { run, machine, former } = options;
  const folder = journalFolder(machine.paths);
  const lock = { folder: machine.paths.locks, name: `chain ${run}`, timeoutMs: 500 };
  return await withFileLock(lock, async () => {
    const journal = await openJournal(folder, run);
    try {
      const salt = former?.history.salt ?? randomBytes(16).toString('hex');
      await begin(options, journal, salt);
      return await runWith(options, { salt, record: (line) => journal.append(line) });
    } finally {
      await journal.close();
    }
  });
}

/** Makes the calls that only read, and leaves nothing behind but their rows in the audit log. */
export async function executeReads(options: ExecuteOptions): Promise<RunReport> {
  return await runWith(options, { salt: '', record: async () => {}, isReading: true });
}

interface RunParts {
  readonly salt: string;
  readonly isReading?: boolean;
  record(line: JournalLine): Promise<void>;
}

async function runWith(options: ExecuteOptions, { record, ...parts }: RunParts): Promise<RunReport> {
  const { run, read, inputs, calls, vault, former, signal, tell } = options;
  return await runPipeline({
    run,
    ...parts,
    pipeline: read.pipeline,
    inputs,
    signal,
    ...(former && { former }),
    ports: {
      ...calls,
      record,
      vault: typeof vault === 'string' ? undefined : vault,
      now: options.machine.now,
      pause: async (ms, stop) => await pause(systemClock, ms, stop),
      tell,
    },
  });
}

async function begin(
  { run, read, inputs, vault, former, settled = [], machine }: ExecuteOptions,
  journal: JournalWriter,
  salt: string,
): Promise<void> {
  const at = machine.now().toISOString();
  const { pid, start, boot, pidNamespace, host } = await identifyThisProcess();
  const process = { pid, start, boot, pidNamespace, host };
  const { path, digest, pipeline } = read;
  if (!former) {
    await journal.append({
      kind: 'began',
      v: 1,
      at,
      run,
      pipeline: pipeline.name,
      file: path,
      digest,
      process,
      salt,
      ...(typeof vault === 'string'
        ? { unsealed: vault }
        : { inputs: vault.seal(JSON.stringify(inputs), boundOf(run, 'inputs')) }),
    });
    return;
  }
  const { retried } = former.decisions;
  const skipped = settled.map(({ call }) => call);
  await journal.append({ kind: 'resumed', at, process, digest, retried: [...retried], skipped });
  for (const one of settled) await journal.append({ kind: 'settled', at, ...one });
}

/** The calls of a history as they are once a person has settled some of them. */
export function withSettled(
  history: RunHistory,
  settled: readonly { readonly call: string; readonly answer?: string }[],
): RunHistory {
  const calls = new Map(history.calls);
  for (const { call, answer } of settled) {
    const known = calls.get(call);
    if (known) calls.set(call, { ...known, state: 'settled', ...(answer !== undefined && { answer }) });
  }
  return { ...history, calls };
}
