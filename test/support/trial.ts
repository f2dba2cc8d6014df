import { createTransport } from '../../src/mcp/connect.ts';
import type { ServerTarget, StdioTarget } from '../../src/mcp/transport.ts';
import { createFetch } from '../../src/platform/fetch.ts';
import { runTrial, type Trial, type TrialOptions } from '../../src/trial/run-trial.ts';
import { temporaryFolder } from './cli.ts';
import { fixturePath } from './servers.ts';

/** The sound server of the fixtures, or with a defect. */
export function defective(defect?: string, env: Record<string, string> = {}): StdioTarget {
  const args = [fixturePath('defective'), ...(defect === undefined ? [] : [defect])];
  return { kind: 'stdio', command: process.execPath, args, env };
}

/** Tests a server at an address. */
export async function tryAddress(url: string, more: Partial<TrialOptions> = {}): Promise<Trial> {
  const fetch = createFetch({ env: {}, allowPrivate: ['loopback'] });
  return await tryTarget({ kind: 'remote', url, headers: {} }, { fetch, ...more });
}

/** Tests a program without the command around it. */
export async function tryProgram(target: StdioTarget, more: Partial<TrialOptions> = {}): Promise<Trial> {
  return await tryTarget(target, more);
}

async function tryTarget(target: ServerTarget, more: Partial<TrialOptions>): Promise<Trial> {
  const { platform } = process;
  return await runTrial({
    name: 'subject',
    target,
    transport: async (log, extraEnv) =>
      await createTransport({
        server: 'subject',
        target: target.kind === 'stdio' ? { ...target, env: { ...target.env, ...extraEnv } } : target,
        platform,
        env: {},
        log,
      }),
    platform,
    client: { name: 'test', version: '0.0.0' },
    waitMs: 10_000,
    secrets: [],
    recordings: [],
    outsideFolder: more.outsideFolder ?? (await temporaryFolder()),
    updatesSnapshots: false,
    mayCall: true,
    signal: new AbortController().signal,
    only: [],
    skip: [],
    ...more,
  });
}

/** Ids of the checks that found something, each once. */
export function foundBy({ verdicts }: Trial): string[] {
  const found = verdicts.filter(({ status }) => status === 'failed' || status === 'warned');
  return [...new Set(found.map(({ id }) => id))].sort();
}

/** What was found, for the message of a failing test. */
export function problemsOf({ verdicts }: Trial): string[] {
  return verdicts.flatMap(({ id, version, problems }) =>
    problems.map(({ subject, message }) => `${id} ${version ?? ''} ${subject ?? ''}: ${message}`),
  );
}
