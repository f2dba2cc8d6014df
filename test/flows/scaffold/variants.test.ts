import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, MCPCTL, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { addressOf, linkPackages } from '../../support/new-server.ts';
import { writeManifest } from '../../support/servers.ts';
import { runIn } from '../../support/template-packages.ts';
import { openWrapped, WRAP_CASES, type Wrapped, writeDocument } from '../../support/wrapped.ts';

const MCP_TOKEN = 'token-of-the-new-server-0123456789';
/** Milliseconds; npm, the compiler and the tests of a server take their time on a busy machine. */
const DEADLINE = 600_000;

let wrapped: Wrapped;

beforeAll(async () => {
  wrapped = await openWrapped();
});

afterAll(() => wrapped.close());

/** Which callers each kind over HTTP lets in: all kinds of access, without every combination. */
const ACCESS: Readonly<Record<string, string>> = {
  nothing: 'none',
  rest: 'oauth',
  postgres: 'token',
  openapi: 'token',
  cli: 'none',
};

const EVERY = WRAP_CASES.flatMap((each) => ['stdio', 'http'].map((transport) => ({ ...each, transport })));

test.each(EVERY)(
  '$wraps over $transport: types, style, its own tests, and a call from a manifest',
  { timeout: DEADLINE },
  async ({ wraps, transport, flags, env, call, answer }) => {
    const home = await emptyHome();
    await writeDocument(home.home);
    const auth = transport === 'http' ? (ACCESS[wraps] ?? 'none') : 'none';
    const args = ['--wraps', wraps, '--transport', transport, '--auth', auth, ...flags(wrapped)];
    const made = await mcpctl(['new-server', 'subject', '--yes', ...args], { ...home, deadline: DEADLINE });
    expect(made.status, made.stderr).toBe(0);
    const folder = join(home.home, 'subject');
    await linkPackages(folder);

    const checked = await runIn(folder, 'npm', ['run', 'check']);
    expect(checked.status, checked.output).toBe(0);
    // With mcpctl half of them test themselves by its checks as well; the others say that it is not there.
    const judge = transport === 'stdio' ? { MCPCTL } : { MCPCTL: 'mcpctl-is-not-here' };
    const more = { TEST_DATABASE_URL: wrapped.ownerUrl, HOME: home.home, ...judge };
    const tested = await runIn(folder, 'npm', ['test'], more);
    expect(tested.status, tested.output).toBe(0);
    expect(/(\d+) skipped/.exec(tested.output)?.[1]).toBe(transport === 'stdio' ? undefined : '1');

    const own = env(wrapped);
    const byHttp = transport === 'http' && auth !== 'oauth';
    const entry = byHttp ? await httpEntry(folder, home, own) : stdioEntry(folder, own);
    await writeManifest(home.home, { subject: entry });
    const shell = { ...home, env: { ...home.env, ...own, MCP_TOKEN } };
    const { document } = await mcpctlJson(['call', 'subject', ...call], { ...shell, deadline: DEADLINE });
    expect(document, JSON.stringify(document)).toMatchObject({
      ok: true,
      data: { structuredContent: answer },
    });
  },
);

function stdioEntry(folder: string, env: Record<string, string>): object {
  const references = Object.fromEntries(Object.keys(env).map((name) => [name, `\${${name}}`]));
  return { command: process.execPath, args: [join(folder, 'dist/main.js'), '--stdio'], env: references };
}

/** Starts the server as it is, without arguments: the transport is its default. */
async function httpEntry(folder: string, { env }: Home, own: Record<string, string>): Promise<object> {
  const child = spawn(process.execPath, [join(folder, 'dist/main.js')], {
    env: { ...env, ...own, MCP_TOKEN, MCP_PORT: '0' },
  });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
  });
  return { url: await addressOf(child), headers: { Authorization: 'Bearer ${MCP_TOKEN}' } };
}
