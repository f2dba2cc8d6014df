import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyHome, MCPCTL, mcpctl } from '../../support/cli.ts';
import { linkPackages } from '../../support/new-server.ts';
import { runIn } from '../../support/run-in.ts';
import { FRONTS, flagsOf, useNewServer } from '../../support/used-server.ts';
import { openWrapped, WRAP_CASES, type Wrapped, writeDocument } from '../../support/wrapped.ts';

/** Milliseconds; npm, the compiler and the tests of a server take their time on a busy machine. */
const DEADLINE = 600_000;

let wrapped: Wrapped;

beforeAll(async () => {
  wrapped = await openWrapped();
});

afterAll(() => wrapped.close());

test.each(WRAP_CASES)(
  'a TypeScript server that wraps $wraps: types, style, its own tests, calls, and what official programs say of it',
  { timeout: DEADLINE },
  async (wrapCase) => {
    const { wraps, env } = wrapCase;
    const home = await emptyHome();
    await writeDocument(home.home);
    const args = ['new-server', 'subject', '--yes', ...flagsOf(wrapCase, wrapped)];
    const made = await mcpctl(args, { ...home, deadline: DEADLINE });
    expect(made.status, made.stderr).toBe(0);
    const folder = join(home.home, 'subject');
    await linkPackages(folder);

    const checked = await runIn(folder, 'npm', ['run', 'check']);
    expect(checked.status, checked.output).toBe(0);
    const more = { TEST_DATABASE_URL: wrapped.ownerUrl, HOME: home.home, MCPCTL };
    const tested = await runIn(folder, 'npm', ['test'], more);
    expect(tested.status, tested.output).toBe(0);
    expect(tested.output).not.toMatch(/skipped/);

    const front = FRONTS[wraps] ?? expect.fail(wraps);
    const program = [process.execPath, join(folder, 'dist/main.js')] as const;
    await useNewServer({ ...wrapCase, ...front, home, folder, program, own: env(wrapped) });
  },
);
