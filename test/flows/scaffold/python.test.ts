import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, type TestContext, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { addressOf } from '../../support/new-server.ts';
import {
  installProject,
  type PythonPackages,
  pipEnvironment,
  pythonPackages,
} from '../../support/python-packages.ts';
import { writeManifest } from '../../support/servers.ts';
import { runIn } from '../../support/template-packages.ts';
import { openWrapped, WRAP_CASES, type Wrapped, writeDocument } from '../../support/wrapped.ts';

const MCP_TOKEN = 'token-of-the-new-server-0123456789';
/** Milliseconds; pip, the type checker and the tests of a server take their time on a busy machine. */
const DEADLINE = 600_000;

let packages: PythonPackages;
let wrapped: Wrapped;

beforeAll(async () => {
  packages = await pythonPackages();
  wrapped = await openWrapped();
}, DEADLINE);

afterAll(() => wrapped.close());

/** Each kind with one transport and one kind of access: all of both, without every combination. */
const FRONTS: Readonly<Record<string, { transport: string; auth: string }>> = {
  nothing: { transport: 'stdio', auth: 'none' },
  rest: { transport: 'http', auth: 'oauth' },
  postgres: { transport: 'http', auth: 'token' },
  openapi: { transport: 'http', auth: 'none' },
  cli: { transport: 'stdio', auth: 'none' },
};

const EVERY = WRAP_CASES.map((each) => ({ ...each, ...(FRONTS[each.wraps] ?? expect.fail(each.wraps)) }));

test.for(EVERY)(
  'a Python server that wraps $wraps, over $transport: style, types, its own tests, and a call from a manifest',
  { timeout: DEADLINE },
  async ({ wraps, transport, auth, flags, env, call, answer }, context) => {
    const { bin, site } = thePackages(context);
    const home = await emptyHome();
    await writeDocument(home.home);
    const args = ['--language', 'python', '--wraps', wraps, '--transport', transport, '--auth', auth];
    const made = await mcpctl(['new-server', 'subject', '--yes', ...args, ...flags(wrapped)], home);
    expect(made.status, made.stderr).toBe(0);
    const folder = join(home.home, 'subject');
    await installProject(folder, { bin, site });

    const database = { TEST_DATABASE_URL: wrapped.ownerUrl };
    for (const [program, words, given] of [
      ['ruff', ['check', '--no-cache'], {}],
      ['ruff', ['format', '--check', '--no-cache'], {}],
      ['mypy', ['--cache-dir', join(bin, '..', 'mypy-cache')], {}],
      [join(folder, '.venv/bin/python'), ['-m', 'pytest', '-q', '-p', 'no:cacheprovider'], database],
    ] as const) {
      const path = program.includes('/') ? program : join(bin, program);
      const { status, output } = await runIn(folder, path, words, given);
      expect(status, `${program}\n${output}`).toBe(0);
      expect(output).not.toMatch(/skipped/);
    }

    const own = env(wrapped);
    const program = join(folder, '.venv/bin/subject');
    const byHttp = transport === 'http' && auth !== 'oauth';
    const entry = byHttp ? await httpEntry(program, home, own) : stdioEntry(program, own);
    await writeManifest(home.home, { subject: entry });
    const shell = { ...home, env: { ...home.env, ...own, MCP_TOKEN } };
    const { document } = await mcpctlJson(['call', 'subject', ...call], { ...shell, deadline: DEADLINE });
    expect(document, JSON.stringify(document)).toMatchObject({
      ok: true,
      data: { structuredContent: answer },
    });
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

function stdioEntry(program: string, env: Record<string, string>): object {
  const references = Object.fromEntries(Object.keys(env).map((name) => [name, `\${${name}}`]));
  return { command: program, args: ['--stdio'], env: references };
}

/** Starts the server as it is, without arguments: the transport is its default. */
async function httpEntry(program: string, { env }: Home, own: Record<string, string>): Promise<object> {
  const child = spawn(program, [], { env: { ...env, ...own, MCP_TOKEN, MCP_PORT: '0' } });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    const [status] = await once(child, 'close');
    expect(status).toBe(0);
  });
  return { url: await addressOf(child), headers: { Authorization: 'Bearer ${MCP_TOKEN}' } };
}
