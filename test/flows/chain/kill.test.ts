import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type ChainHome, chainHome, journalOf, lastRun } from '../../support/chain.ts';
import { emptyHome, mcpctlJson, start } from '../../support/cli.ts';
import { kill } from '../../support/fixture.ts';

const PIPELINE = fileURLToPath(new URL('../../../templates/pipelines/pr-to-linear.yaml', import.meta.url));
const INPUTS = ['-i', 'owner=octocat', '-i', 'repo=hello', '-i', 'number=7', '-i', 'team=Doors'];
const WRITES = ['review', 'issue'];
/** Steps, and the calls they are held at. */
const HELD: Readonly<Record<string, string>> = {
  pr: 'pull_request_read.get',
  files: 'pull_request_read.get_files',
  review: 'review-pull-request',
  issue: 'save_issue',
};

const inside = Object.keys(HELD).flatMap((step) => [
  { step, when: 'before' },
  { step, when: 'after' },
]);

/** The whole: killed, looked at, resumed, each write there once. */
test('killed inside and between all steps, a run ends with each write made once, or says what is in doubt', {
  timeout: 600_000,
}, async () => {
  const home = await chainHome(await emptyHome());
  const told: Record<string, string[]> = {};
  for (const { step, when } of inside) {
    const run = await killedInside(home, step, when);
    told[`${step} ${when}`] = await finish(home, run);
  }
  for (const step of Object.keys(HELD)) {
    const run = await killedBehind(home, step);
    await finish(home, run);
  }

  // Nobody can know of a write that had begun, done or not; what reads is simply read again.
  expect(told).toEqual({
    'pr before': [],
    'pr after': [],
    'files before': [],
    'files after': [],
    'review before': ['review'],
    'review after': ['review'],
    'issue before': ['issue'],
    'issue after': ['issue'],
  });
});

/** Kills a run while a server holds the call of a step, before the change or after it. */
async function killedInside(home: ChainHome, step: string, when: string): Promise<string> {
  await home.emptyLedger();
  const tool = HELD[step] ?? '';
  const [hold, held] = [join(home.hold, `${tool}.${when}`), join(home.hold, `${tool}.held`)];
  await rm(held, { force: true });
  await writeFile(hold, '');
  const child = start(['chain', 'run', PIPELINE, ...INPUTS, '--yes'], home);
  await expect.poll(() => isThere(held), { timeout: 60_000 }).toBe(true);
  await kill(child);
  await rm(hold);
  return await lastRun(home);
}

/** Kills a run as soon as its journal says that a step is over. */
async function killedBehind(home: ChainHome, step: string): Promise<string> {
  await home.emptyLedger();
  const before = await lastRun(home);
  const child = start(['chain', 'run', PIPELINE, ...INPUTS, '--yes'], home);
  const isOver = async (): Promise<boolean> => {
    const run = await lastRun(home);
    if (run === before) return false;
    return (await journalOf(home, run)).some(({ kind, call }) => kind === 'finished' && call === step);
  };
  await expect.poll(isOver, { timeout: 60_000, interval: 2 }).toBe(true);
  await kill(child);
  return await lastRun(home);
}

/** Resumes until it is done, deciding what is in doubt by what is there; returns what was in doubt. */
async function finish(home: ChainHome, run: string): Promise<string[]> {
  const resumed = await mcpctlJson(['chain', 'resume', run, '--yes'], home);
  const { error } = resumed.document as { error?: { code: string; data: { inDoubt: { call: string }[] } } };
  // It was killed behind its last step.
  if (error?.code === 'PIPELINE_RUN_OVER') return await expectOnce(home, []);
  if (!error) return await expectOnce(home, []);
  expect(error.code).toBe('PIPELINE_IN_DOUBT');
  expect(resumed.status).toBe(5);
  const doubtful = error.data.inDoubt.map(({ call }) => call);
  const made = (await home.ledger()).flatMap((line) => Object.keys(line));
  const decisions = doubtful.flatMap((call) => {
    const isMade = made.includes(call === 'review' ? 'lambda' : 'linear');
    return isMade ? ['--skip-step', `${call}={"id": "ENG-1"}`] : ['--retry-step', call];
  });
  const again = await mcpctlJson(['chain', 'resume', run, '--yes', ...decisions], home);
  expect(again.document.error).toBeUndefined();
  return await expectOnce(home, doubtful);
}

async function expectOnce(home: ChainHome, doubtful: string[]): Promise<string[]> {
  expect((await home.ledger()).map((line) => Object.keys(line)[0]).sort()).toEqual(['lambda', 'linear']);
  expect(doubtful.every((call) => WRITES.includes(call))).toBe(true);
  return doubtful;
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
