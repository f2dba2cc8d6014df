import { messageOf } from '../core/errors.ts';
import type { Scope } from '../manifest/scopes.ts';
import type { Area, Outcome, Verdict } from './check.ts';
import { type Finding, finding } from './finding.ts';

/** One row of the report: a check of the machine, a client or a server. */
export interface Job {
  readonly id: string;
  readonly area: Area;
  readonly title: string;
  /** Of the manifest a server stands in. */
  readonly scope?: Scope;
  /** Milliseconds, counted from its own start. */
  readonly deadlineMs: number;
  /** `heavy` jobs start programs; fewer of them run at once. */
  readonly weight: 'light' | 'heavy';
  run(signal: AbortSignal): Promise<Outcome>;
}

export interface RunnerOptions {
  /** How many jobs of each weight run at once. */
  readonly width: { readonly light: number; readonly heavy: number };
  readonly signal: AbortSignal;
  onVerdict?(verdict: Verdict): void;
}

/** Runs all jobs and answers in their order. A job that throws or hangs becomes a finding; the others go on. */
export async function runJobs(jobs: readonly Job[], options: RunnerOptions): Promise<Verdict[]> {
  const verdicts = new Map<Job, Verdict>();
  const lane = async (queue: Job[]): Promise<void> => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      options.signal.throwIfAborted();
      const verdict = await runJob(job, options.signal);
      verdicts.set(job, verdict);
      options.onVerdict?.(verdict);
    }
  };
  const lanes = (['light', 'heavy'] as const).flatMap((weight) => {
    const queue = jobs.filter((job) => job.weight === weight);
    return Array.from({ length: Math.min(options.width[weight], queue.length) }, () => lane(queue));
  });
  await Promise.all(lanes);
  return jobs.flatMap((job) => verdicts.get(job) ?? []);
}

async function runJob(job: Job, signal: AbortSignal): Promise<Verdict> {
  const started = performance.now();
  const { findings, detail = '', isSkipped = false } = await outcomeOf(job, signal);
  const { id, area, title, scope } = job;
  return {
    id,
    area,
    title,
    ...(scope && { scope }),
    state: isSkipped ? 'skipped' : worst(findings),
    detail,
    duration: Math.round(performance.now() - started),
    findings,
  };
}

async function outcomeOf(job: Job, signal: AbortSignal): Promise<Outcome> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => {
      controller.abort(new Error(`no answer within ${job.deadlineMs} ms`));
      resolve({ findings: [timedOut(job)] });
    }, job.deadlineMs);
  });
  try {
    return await Promise.race([job.run(AbortSignal.any([signal, controller.signal])), late]);
  } catch (error) {
    signal.throwIfAborted();
    return { findings: [broken(job, error)] };
  } finally {
    clearTimeout(timer);
  }
}

const again = { command: 'mcpctl doctor --verbose', description: 'runs the checks again', isSafe: false };

function timedOut({ id, title, deadlineMs }: Job): Finding {
  return finding('CHECK_TIMED_OUT', {
    subject: id,
    message: `The check "${title}" got no answer within ${deadlineMs / 1_000} s.`,
    cause: 'Something it asks (a program, a network drive, a service) hangs.',
    fix: again,
  });
}

function broken({ id, title }: Job, error: unknown): Finding {
  return finding('CHECK_FAILED', {
    subject: id,
    message: `The check "${title}" broke.`,
    cause: messageOf(error),
    fix: again,
  });
}

function worst(findings: readonly Finding[]): Verdict['state'] {
  for (const severity of ['error', 'warning', 'info'] as const) {
    if (findings.some((found) => found.severity === severity)) return severity;
  }
  return 'ok';
}
