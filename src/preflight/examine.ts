import { counted } from '../core/counted.ts';
import { McpctlError } from '../core/errors.ts';
import type { Area, Verdict } from './check.ts';
import { judgeLeftovers, judgeManifest } from './checks/manifest-file.ts';
import { CHECKS } from './checks.ts';
import { examineClient } from './client-exam.ts';
import { type Finding, finding } from './finding.ts';
import type { Machine } from './machine.ts';
import { type Job, runJobs } from './runner.ts';
import { examineServer } from './server-exam.ts';
import type { Leftover, Reinstall, Situation } from './situation.ts';
import { createSituation } from './survey.ts';

export interface ExamineOptions {
  readonly machine: Machine;
  /** Only these areas; all when empty. */
  readonly only: readonly Area[];
  /** Only these servers; all when empty. */
  readonly servers: readonly string[];
  readonly isOffline: boolean;
  /** Milliseconds a server gets to start and answer. */
  readonly serverDeadlineMs: number;
  readonly signal: AbortSignal;
  readonly reinstall?: Reinstall;
  findLeftovers(): Promise<readonly Leftover[]>;
  onProgress?(done: number, total: number, last: Verdict): void;
}

export interface Report {
  readonly verdicts: readonly Verdict[];
  readonly findings: readonly Finding[];
  readonly errors: number;
  readonly warnings: number;
}

/** Looks at everything at once and says what is wrong. Changes nothing. */
export async function examine(options: ExamineOptions): Promise<Report> {
  const { machine, only, signal, isOffline, onProgress } = options;
  const situation = await createSituation({ ...options, names: options.servers });
  const isWanted = ({ area }: Job): boolean => only.length === 0 || only.includes(area);
  const jobs = CHECKS.filter(({ needsNetwork }) => !(needsNetwork && isOffline))
    .map((check): Job => {
      const { id, area, title, deadlineMs = 10_000 } = check;
      return { id, area, title, deadlineMs, weight: 'light', run: (stop) => check.run(situation, stop) };
    })
    .concat(manifestJobs(situation, options), await clientJobs(situation), serverJobs(situation, options))
    .filter(isWanted);
  let done = 0;
  const verdicts = await runJobs(jobs, {
    signal,
    width: { light: 16, heavy: Math.min(10, Math.max(4, machine.cores * 2)) },
    onVerdict(verdict) {
      done += 1;
      onProgress?.(done, jobs.length, verdict);
    },
  });
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  return {
    verdicts,
    findings,
    errors: findings.filter(({ severity }) => severity === 'error').length,
    warnings: findings.filter(({ severity }) => severity === 'warning').length,
  };
}

/** Time a server gets to end, after the time it gets to answer. */
const FAREWELL = 8_000;

function serverJobs(situation: Situation, { serverDeadlineMs }: ExamineOptions): Job[] {
  return situation.servers.map((server) => ({
    id: server.name,
    area: 'servers',
    title: `${server.name} (${server.scope})`,
    scope: server.scope,
    weight: 'heavy',
    // One answer to the greeting, one with the tools, one to the first call.
    deadlineMs: 3 * serverDeadlineMs + FAREWELL,
    async run(signal) {
      const outcome = await examineServer({ server, situation, deadlineMs: serverDeadlineMs, signal });
      if (server.hides === undefined) return outcome;
      return { ...outcome, detail: `${outcome.detail}; the project's own is not started` };
    },
  }));
}

function manifestJobs(situation: Situation, { servers, findLeftovers }: ExamineOptions): Job[] {
  return situation.manifests.map((state) => ({
    id: `manifest-${state.scope}`,
    area: 'manifest',
    title: `${state.scope} manifest`,
    weight: 'light',
    deadlineMs: 10_000,
    async run() {
      const left = state.scope === 'user' ? await findLeftovers() : [];
      const findings = [...(await judgeManifest(state, servers)), ...judgeLeftovers(left, servers)];
      const count = counted(state.names.length, 'server');
      return {
        findings,
        detail: state.exists ? `${count}, ${state.path}` : 'none',
        isSkipped: !state.exists,
      };
    },
  }));
}

async function clientJobs(situation: Situation): Promise<Job[]> {
  const job = { area: 'clients', weight: 'light', deadlineMs: 10_000 } as const;
  try {
    const survey = await situation.clients();
    return survey.chosen.map((client) => ({
      ...job,
      id: client.id,
      title: client.title,
      run: () => examineClient({ client, survey, situation }),
    }));
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    const { message, hint } = error;
    const fix = hint && { command: hint, description: 'starts a new record', isSafe: false };
    const found = finding('CLIENT_RECORD_BROKEN', {
      subject: 'clients',
      message,
      cause: 'The file was cut off or edited.',
      ...(fix && { fix }),
    });
    return [{ ...job, id: 'clients', title: 'clients', run: async () => ({ findings: [found] }) }];
  }
}
