import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditOf, chainHome, lastRun } from '../../support/chain.ts';
import { emptyHome, mcpctlJson } from '../../support/cli.ts';

const SETTINGS = {
  limits: { tools: { 'desk/note': 2 } },
  cache: { tools: { 'desk/flaky': { ttlMs: 60_000 } } },
  retry: { pausesMs: [10, 10] },
  breaker: { failures: 3 },
  timeouts: { toolMs: 1500 },
};

const steps = (...texts: string[]): string => `steps:\n${texts.map((text) => `  - ${text}\n`).join('')}`;

test('calls of a pipeline pass every layer: limits, cache, retries, the breaker, time limits, the log', async () => {
  const home = await chainHome(await emptyHome(), SETTINGS);
  const run = async (text: string) => {
    const path = await home.write('mine.yaml', text);
    const { document } = await mcpctlJson(['chain', 'run', path, '--yes'], home);
    const error = document.error as { message: string; data: { report: unknown } } | undefined;
    const name = await lastRun(home);
    const rows = (await auditOf(home)).filter(({ parent }) => parent === name);
    return { report: document.data ?? error?.data.report, error, rows };
  };

  // The third note within a minute is one too many; nothing of it was sent.
  const limited = await run(
    steps(
      'id: notes\n    call: desk.note\n    forEach: { items: [a, b, c] }\n    with: { text: "${{ item }}" }',
    ),
  );
  expect(limited.error?.message).toContain('RATE_LIMITED');
  expect(limited.report.inDoubt).toEqual([]);
  expect((await home.ledger()).map(({ note }) => note)).toEqual(['a', 'b']);
  expect(limited.rows.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'rate_limited']);

  // The server ends twice; whoever says nothing of retries gets those of the settings.
  await home.emptyLedger();
  const repeated = await run(
    steps(
      'id: one\n    call: desk.flaky\n    with: { times: 2 }',
      'id: two\n    call: desk.flaky\n    needs: [one]\n    with: { times: 2 }',
    ),
  );
  expect(repeated.report).toMatchObject({ status: 'done', steps: [{ calls: 1 }, { calls: 1 }] });
  expect(repeated.rows).toMatchObject([
    { attempt: 3, cache: 'miss', outcome: 'ok' },
    { cache: 'hit', outcome: 'ok' },
  ]);
  expect(await home.ledger()).toHaveLength(3);

  // A step that says how it is repeated is repeated that way alone; the breaker opens in between.
  await home.emptyLedger();
  const rested = await run(
    steps(
      'id: one\n    call: weak.flaky\n    with: { times: 99 }\n    retry: { attempts: 4, pause: 10ms }\n    onError: continue',
    ),
  );
  expect(rested.report.steps).toMatchObject([
    { status: 'failed', calls: 4, error: { code: 'SERVER_RESTING' } },
  ]);
  expect(rested.rows.map(({ errorType }) => errorType)).toEqual([
    'SERVER_EXITED',
    'SERVER_EXITED',
    'SERVER_EXITED',
    'SERVER_RESTING',
  ]);
  expect(await home.ledger()).toHaveLength(3);

  // Silence is given up as the settings say; a step may say otherwise.
  await writeFile(join(home.hold, 'echo.before'), '');
  const silent = await run(
    steps('id: one\n    call: desk.echo\n    retry: { attempts: 1 }\n    with: { value: 1 }'),
  );
  expect(silent.error?.message).toContain('SERVER_TIMEOUT echo of desk said nothing for 1.5 s');
  const own = await run(
    steps(
      'id: one\n    call: desk.echo\n    timeout: 300ms\n    retry: { attempts: 1 }\n    with: { value: 1 }',
    ),
  );
  expect(own.error?.message).toContain('for 0.3 s');
  await rm(join(home.hold, 'echo.before'));
});
