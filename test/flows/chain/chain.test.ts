import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { auditOf, type ChainHome, chainHome, journalOf, lastRun } from '../../support/chain.ts';
import { emptyHome, mcpctl, mcpctlJson } from '../../support/cli.ts';

const PIPELINE = fileURLToPath(new URL('../../../templates/pipelines/pr-to-linear.yaml', import.meta.url));
const INPUTS = ['-i', 'owner=octocat', '-i', 'repo=hello', '-i', 'number=7', '-i', 'team=Doors'];

const steps = (text: string): string => `steps:\n${text}`;
const note = (id: string, more = ''): string =>
  `  - id: ${id}\n    call: desk.note\n    with: { text: ${id} }\n${more}`;

async function runOf(home: ChainHome, text: string, ...words: string[]) {
  await home.emptyLedger();
  const path = await home.write('mine.yaml', text);
  const ran = await mcpctlJson(['chain', 'run', path, '--yes', ...words], home);
  return { ...ran, report: ran.document.data ?? ran.document.error, ledger: await home.ledger() };
}

test('runs the example: what a step answers goes to the next, and a poisoned title stays a title', async () => {
  const title = 'x ${{ run.id }} ${{ inputs.team }}';
  const home = await chainHome(await emptyHome({ TITLE: title }));

  const bare = await mcpctlJson(['chain', 'run', PIPELINE, '-i', 'owner=octocat', '-i', 'number=7'], home);
  expect(bare.document.error).toMatchObject({
    code: 'CALL_ARGUMENTS',
    hint: expect.stringContaining('-i repo=… -i team=…\n'),
  });
  const plan = await mcpctl(['chain', 'run', PIPELINE, '--dry-run'], home);
  const drawn = await mcpctl(['chain', 'run', '--graph=mermaid', PIPELINE], home);
  const unapproved = await mcpctlJson(['chain', 'run', PIPELINE, ...INPUTS], home);
  const reads = await mcpctlJson(['chain', 'run', PIPELINE, ...INPUTS, '--dry-run=reads'], home);

  expect(plan.status).toBe(0);
  expect(plan.stdout).toContain('lambda.review-pull-request  may write');
  expect(plan.stdout).toMatch(/4 steps, 2 calls may write\nservers: github, lambda, linear/);
  expect(drawn.stdout).toMatch(/^flowchart TD\n {2}s0\["pr<br\/>github\.pull_request_read<br\/>reads"\]/);
  expect(unapproved).toMatchObject({ status: 6, document: { error: { code: 'PIPELINE_UNAPPROVED' } } });
  expect(reads.document.data).toMatchObject({
    isDry: true,
    steps: [{ status: 'ok' }, { status: 'ok' }, { status: 'withheld' }, { status: 'skipped' }],
    withheld: [
      { name: 'review', args: { parameters: { title, body: '', files: [{ filename: 'door.ts' }] } } },
    ],
  });
  expect(await home.ledger()).toEqual([]);

  const ran = await mcpctl(['chain', 'run', PIPELINE, ...INPUTS, '--yes'], home);
  expect(ran.status).toBe(0);
  expect(await home.ledger()).toEqual([{ lambda: title }, { linear: `Review: ${title}` }]);
  expect(ran.stdout).toContain(`review: Looks good: ${title}, 1 files`);
  expect(ran.stderr).toMatch(/✓ pr .*\n/);

  const run = await lastRun(home);
  const rows = (await auditOf(home)).filter(({ parent }) => parent === run);
  expect(rows.map(({ via, tool, outcome }) => `${via} ${tool} ${outcome}`).sort()).toEqual([
    'chain pull_request_read ok',
    'chain pull_request_read ok',
    'chain review-pull-request ok',
    'chain save_issue ok',
  ]);
  expect(new Set(rows.map(({ traceId }) => traceId)).size).toBe(1);
  const journal = join(home.journals, `${run}.jsonl`);
  expect((await stat(journal)).mode & 0o777).toBe(0o600);
  expect((await stat(home.journals)).mode & 0o777).toBe(0o700);
  // Neither what was given nor what was answered can be read in it.
  expect(await readFile(journal, 'utf8')).not.toMatch(/octocat|Doors|Looks good|inputs\.team/);
  expect((await mcpctlJson(['chain', 'resume', run], home)).document.error?.code).toBe('PIPELINE_RUN_OVER');
  const { data } = (await mcpctlJson(['chain', 'list'], home)).document;
  expect(data.runs).toMatchObject([{ run, pipeline: 'pr-to-linear', state: 'done', inDoubt: [] }]);
});

test('judges a pipeline against the servers, and refuses to run what they do not take', async () => {
  const home = await chainHome(await emptyHome());
  const text = steps(
    '  - id: a\n    call: desk.ecko\n  - id: b\n    call: desk.note\n    with: { txt: x }\n  - id: c\n    call: nobody.at-all\n',
  );
  const path = await home.write('bad.yaml', text);

  const judged = await mcpctl(['chain', 'validate', path], home);
  expect(judged.status).toBe(3);
  const first = judged.stdout.split('\n').filter((line) => line.startsWith(path));
  expect(first.map((line) => line.replace(path, '').replaceAll(/ {2,}/g, ' '))).toEqual([
    ':3:11 error TOOL_UNKNOWN desk has no tool ecko',
    expect.stringMatching(/^:6:\d+ error ARGUMENT_INVALID text of desk\.note is missing$/),
    ':6:13 error ARGUMENT_INVALID txt of desk.note is not known',
    expect.stringMatching(/^:8:11 warning SERVER_UNKNOWN what is called of nobody could not be checked/),
  ]);
  const { status, document } = await mcpctlJson(['chain', 'run', path, '--yes'], home);
  expect({ status, code: document.error?.code }).toEqual({ status: 3, code: 'PIPELINE_INVALID' });
  expect((await mcpctl(['chain', 'validate', path, '--offline'], home)).status).toBe(0);
});

test('prints the schema for editors, and refuses to check nothing', async () => {
  const home = await emptyHome();
  const { stdout } = await mcpctl(['chain', 'validate', '--schema'], home);
  const page = await readFile('docs/reference/pipeline.schema.json', 'utf8');
  expect(JSON.parse(stdout)).toEqual(JSON.parse(page));

  const { status, stderr } = await mcpctl(['chain', 'validate'], home);
  expect(status).toBe(2);
  expect(stderr).toContain('There is no file to check.');
});

test('steps that fail do what they were told to, and loops keep their places', async () => {
  const home = await chainHome(await emptyHome());
  const { status, report, ledger } = await runOf(
    home,
    `inputs:
  names: { type: array, default: [x, y, z] }
${steps(`  - id: each
    call: desk.note
    forEach: { items: "\${{ inputs.names }}", parallel: 2 }
    with: { text: "\${{ item }}\${{ index }}" }
  - id: lost
    call: desk.refuse
    onError: continue
  - id: reader
    call: desk.echo
    with: { value: "\${{ steps.lost.output.id }}" }
  - id: other
    call: desk.refuse
    onError: fallback
    fallback: { call: desk.echo, with: { value: spare } }
  - id: fixed
    call: desk.refuse
    onError: fallback
    fallback: { value: { n: 5 } }
  - id: never
    call: desk.note
    if: steps.other.status == 'ok'
    with: { text: never }
  - id: again
    call: weak.flaky
    with: { times: 2 }
    retry: { attempts: 3, pause: 10ms }
`)}outputs:
  ids: \${{ steps.each.output }}
  lost: \${{ steps.lost.output }}
  why: \${{ steps.lost.error }}
  other: \${{ steps.other.output.value }}
  n: \${{ steps.fixed.output.n }}
  tries: \${{ steps.again.output.tries }}
`,
  );

  expect(report).toMatchObject({
    status: 'done',
    outputs: {
      ids: [{ id: 'note-x0' }, { id: 'note-y1' }, { id: 'note-z2' }],
      lost: null,
      why: expect.stringContaining('no such luck'),
      other: 'spare',
      n: 5,
      tries: 3,
    },
  });
  expect(status).toBe(0);
  expect(report.steps.map((step: { id: string; status: string }) => `${step.id} ${step.status}`)).toEqual([
    'each ok',
    'lost failed',
    'reader skipped',
    'other fallback',
    'fixed fallback',
    'never skipped',
    'again ok',
  ]);
  expect(report.steps.at(-1)).toMatchObject({ id: 'again', calls: 3, reused: 0 });
  expect(ledger.filter((line) => line.note).length).toBe(3);
});

test('a run that fails takes back what it did, the last first, and cannot be resumed', async () => {
  const home = await chainHome(await emptyHome());
  const back = '    compensate: { call: desk.note, with: { text: "back ${{ steps.ID.output.id }}" } }\n';
  const { status, report, ledger } = await runOf(
    home,
    steps(
      `${note('one', back.replace('ID', 'one'))}${note('two', `    needs: [one]\n${back.replace('ID', 'two')}`)}  - id: bad\n    call: desk.refuse\n    needs: [two]\n${note('last', '    needs: [bad]\n')}`,
    ),
  );

  expect({ status, code: report.code }).toEqual({ status: 1, code: 'PIPELINE_FAILED' });
  expect(ledger.map((line) => line.note)).toEqual(['one', 'two', 'back note-two', 'back note-one']);
  expect(report.message).toContain('Taken back: two, one.');
  const resumed = await mcpctlJson(['chain', 'resume', await lastRun(home), '--yes'], home);
  expect(resumed.document.error?.code).toBe('PIPELINE_RUN_OVER');
});

test('a write whose server ends is in doubt at once and never repeated; a failed run goes on where it failed', async () => {
  const home = await chainHome(await emptyHome());
  const text = steps(
    `${note('one')}  - id: gone\n    call: desk.vanish\n    needs: [one]\n    retry: { attempts: 3, pause: 10ms }\n    onError: continue\n${note('two', '    needs: [gone]\n')}`,
  );
  const { status, report, ledger } = await runOf(home, text);

  expect({ status, code: report.code }).toEqual({ status: 5, code: 'PIPELINE_IN_DOUBT' });
  expect(ledger.map((line) => line.note)).toEqual(['one']);
  const run = await lastRun(home);
  expect(
    (await journalOf(home, run)).filter(({ kind, call }) => kind === 'started' && call === 'gone').length,
  ).toBe(1);
  const settled = await mcpctlJson(['chain', 'resume', run, '--skip-step', 'gone', '--yes'], home);
  expect(settled.document.data?.status).toBe('done');
  expect((await home.ledger()).map((line) => line.note)).toEqual(['one', 'two']);
  const unknown = await mcpctlJson(['chain', 'resume', '20260101-000000-abcdef'], home);
  expect(unknown.document.error?.code).toBe('PIPELINE_RUN_UNKNOWN');
});

test('what would get other arguments than it was called with is told, and what policy forbids is not begun', async () => {
  const home = await chainHome(await emptyHome());
  const bad = '  - id: bad\n    call: desk.refuse\n    needs: [one]\n';
  await runOf(home, steps(`${note('one')}${bad}`));
  const run = await lastRun(home);
  const path = await home.write('mine.yaml', steps(`${note('one').replace('text: one', 'text: ONE')}${bad}`));

  const changed = await mcpctlJson(['chain', 'resume', run, '--yes'], home);
  expect(changed.document.error).toMatchObject({
    code: 'PIPELINE_IN_DOUBT',
    message: expect.stringContaining('other arguments'),
  });
  expect((await home.ledger()).map((line) => line.note)).toEqual(['one']);

  const denied = { audit: { key: 'file' }, policy: { deny: ['desk/note'] } };
  await writeFile(join(home.home, '.config', 'mcpctl', 'config.json'), JSON.stringify(denied));
  const refused = await mcpctlJson(['chain', 'run', path, '--yes'], home);
  expect(refused).toMatchObject({ status: 6, document: { error: { code: 'TOOL_DENIED' } } });
  expect((await home.ledger()).length).toBe(1);
});

test('journals are unreadable once their user is forgotten; without a key they keep nothing, and can be removed', async () => {
  const home = await chainHome(await emptyHome());
  const text = `inputs: { word: {} }\n${steps('  - id: a\n    call: desk.echo\n    with: { value: "${{ inputs.word }}" }\n  - id: bad\n    call: desk.refuse\n    needs: [a]\n')}`;
  await runOf(home, text, '-i', 'word=private-word');
  const run = await lastRun(home);
  const [row] = await auditOf(home);
  expect((await mcpctl(['audit', 'forget', String(row?.user), '--yes'], home)).status).toBe(0);
  const resumed = await mcpctlJson(['chain', 'resume', run, '--yes'], home);
  expect(resumed.document.error).toMatchObject({
    code: 'PIPELINE_RUN_OVER',
    message: expect.stringContaining('forgotten'),
  });

  const none = await chainHome(await emptyHome(), { audit: { key: 'none' } });
  await runOf(none, text, '-i', 'word=private-word');
  const open = await lastRun(none);
  expect(JSON.stringify(await journalOf(none, open))).not.toContain('private-word');
  const again = await mcpctlJson(['chain', 'resume', open, '--yes', '-i', 'word=private-word'], none);
  // It goes on: what reads is read again, what fails fails again.
  expect(again.document.error).toMatchObject({
    code: 'PIPELINE_FAILED',
    message: expect.stringContaining('no such luck'),
  });
  expect((await mcpctlJson(['chain', 'prune', open], none)).document.data.removed).toEqual([open]);
  expect((await mcpctlJson(['chain', 'list'], none)).document.data.runs).toEqual([]);
});

test('lists the examples, writes one, and does not overwrite it', async () => {
  const home = await emptyHome();

  const { examples } = (await mcpctlJson(['chain', 'init'], home)).document.data;
  expect(examples.map(({ name }: { name: string }) => name)).toContain('pr-to-linear');
  const made = await mcpctl(['chain', 'init', 'incident', '--output', 'a/b.yaml'], home);
  expect(made.stdout).toContain('it calls datadog, linear, slack');
  expect((await mcpctl(['chain', 'validate', 'a/b.yaml', '--offline'], home)).status).toBe(0);
  const published = '.config/mcpctl/pipelines/alarm.yaml';
  await mcpctl(['chain', 'init', 'incident', '--output', published], home);
  const named = await mcpctl(['chain', 'validate', 'alarm', '--offline'], home);
  expect(named.stdout).toContain(`${published}: no problems`);
  const again = await mcpctlJson(['chain', 'init', 'incident', '--output', 'a/b.yaml'], home);
  expect(again.document.error?.code).toBe('FILES_EXIST');
  const words = await mcpctl(['completion', '--words', 'fish', '--', 'chain', 'init', 'pr-t'], home);
  expect(words.stdout).toContain('pr-to-linear');
});
