import { join } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { emptyHome, MCPCTL, mcpctl, mcpctlJson } from '../../support/cli.ts';
import {
  installProject,
  type PythonPackages,
  pipEnvironment,
  pythonPackages,
} from '../../support/python-packages.ts';
import { runIn } from '../../support/run-in.ts';
import { FRONTS, flagsOf, useNewServer } from '../../support/used-server.ts';
import { openWrapped, WRAP_CASES, type Wrapped, writeDocument } from '../../support/wrapped.ts';

/** Milliseconds; pip, the type checker and the tests of a server take their time on a busy machine. */
const DEADLINE = 600_000;

/** Kinds that also test themselves with mcpctl, which takes half a minute of Python; the others say that it is not there. */
const JUDGED = ['nothing'];

let packages: PythonPackages;
let wrapped: Wrapped;

beforeAll(async () => {
  packages = await pythonPackages();
  wrapped = await openWrapped();
}, DEADLINE);

afterAll(() => wrapped.close());

test.for(WRAP_CASES)(
  'a Python server that wraps $wraps: style, types, its own tests, calls, and what official programs say of it',
  { timeout: DEADLINE },
  async (wrapCase, context) => {
    const { bin, site } = thePackages(context);
    const home = await emptyHome();
    await writeDocument(home.home);
    const flags = ['--language', 'python', ...flagsOf(wrapCase, wrapped)];
    const made = await mcpctl(['new-server', 'subject', '--yes', ...flags], home);
    expect(made.status, made.stderr).toBe(0);
    const folder = join(home.home, 'subject');
    await installProject(folder, { bin, site });

    for (const [program, words] of [
      ['ruff', ['check', '--no-cache']],
      ['ruff', ['format', '--check', '--no-cache']],
      ['mypy', ['--cache-dir', join(bin, '..', 'mypy-cache')]],
    ] as const) {
      const { status, output } = await runIn(folder, join(bin, program), words);
      expect(status, `${program}\n${output}`).toBe(0);
    }
    const isJudged = JUDGED.includes(wrapCase.wraps);
    const python = join(folder, '.venv/bin/python');
    const tested = await runIn(folder, python, ['-m', 'pytest', '-q', '-rs', '-p', 'no:cacheprovider'], {
      TEST_DATABASE_URL: wrapped.ownerUrl,
      HOME: home.home,
      MCPCTL: isJudged ? MCPCTL : 'mcpctl-is-not-here',
    });
    expect(tested.status, tested.output).toBe(0);
    expect([...tested.output.matchAll(/^SKIPPED.*$/gm)].map(String)).toEqual(
      isJudged ? [] : [expect.stringContaining('mcpctl is not installed')],
    );

    const front = FRONTS[wrapCase.wraps] ?? expect.fail(wrapCase.wraps);
    const program = [join(folder, '.venv/bin/subject')] as const;
    await useNewServer({ ...wrapCase, ...front, home, folder, program, own: wrapCase.env(wrapped) });
  },
);

test('two commands from nothing to a call', { timeout: DEADLINE }, async (context) => {
  thePackages(context);
  const home = await emptyHome(await pipEnvironment());
  const long = { ...home, deadline: DEADLINE };

  const made = await mcpctl(['new-server', 'lengths', '--language', 'python', '--yes', '--install'], long);
  expect(made.status, made.stderr).toBe(0);
  expect(made.stdout).toMatch(/\d+ files, installed, built and tested/);
  expect(made.stdout).toContain('mcpctl call lengths convert_length value:=1 from_unit=mi to_unit=km');

  const added = await mcpctl(['add', './lengths', '--yes'], long);
  expect(added.stdout, added.stderr).toContain('2 tools: convert_length, list_units');
  const call = ['call', 'lengths', 'convert_length', 'value:=1', 'from_unit=mi', 'to_unit=km'];
  const { document } = await mcpctlJson(call, long);
  expect(document.data).toMatchObject({ structuredContent: { value: 1.609, unit: 'km' } });
});

/** Skips, with the reason, where pip cannot get the SDK. */
function thePackages({ skip }: TestContext): { bin: string; site: string } {
  if ('missing' in packages) return skip(`the MCP SDK for Python cannot be had: ${packages.missing}`);
  return packages;
}
