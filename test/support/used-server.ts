import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Home, mcpctl, mcpctlJson, temporaryFolder } from './cli.ts';
import { inspect } from './inspector.ts';
import { mcpb } from './mcpb.ts';
import { addressOf, NPM_CACHE } from './new-server.ts';
import { writeManifest } from './servers.ts';
import type { WrapCase, Wrapped } from './wrapped.ts';

export const MCP_TOKEN = 'token-of-the-new-server-0123456789';

/** Milliseconds; a build and an installation of packages take their time on a busy machine. */
const DEADLINE = 600_000;

export interface NewServer extends Pick<WrapCase, 'call' | 'answer'> {
  readonly home: Home;
  /** Its project, which was built, in the folder `subject` of that home. */
  readonly folder: string;
  /** The words that start it. */
  readonly program: readonly [string, ...string[]];
  /** What it needs in its environment. */
  readonly own: Record<string, string>;
  /** What it starts with, without a word that says so. */
  readonly transport: string;
  readonly access: string;
}

/** Kinds of new servers, each with one transport and one kind of access: all of both, without every combination. */
export const FRONTS: Readonly<Record<string, Pick<NewServer, 'transport' | 'access'>>> = {
  nothing: { transport: 'stdio', access: 'none' },
  rest: { transport: 'http', access: 'oauth' },
  postgres: { transport: 'http', access: 'token' },
  openapi: { transport: 'http', access: 'none' },
  cli: { transport: 'stdio', access: 'none' },
};

/** The flags of `new-server` for a kind. */
export function flagsOf({ wraps, flags }: WrapCase, wrapped: Wrapped): string[] {
  const { transport, access } = FRONTS[wraps] ?? expect.fail(wraps);
  return ['--wraps', wraps, '--transport', transport, '--auth', access, ...flags(wrapped)];
}

/** Calls a new server as a manifest's, over both transports, and has the official programs judge what it is. */
export async function useNewServer(server: NewServer): Promise<void> {
  const { home, folder, program, own, call, answer, access } = server;
  const [command, ...args] = program;
  const references = Object.fromEntries(Object.keys(own).map((name) => [name, `\${${name}}`]));
  const subject = { command, args: [...args, '--stdio'], env: references };
  const overHttp: Record<string, object> = access === 'oauth' ? {} : { web: await httpEntry(server) };
  await writeManifest(home.home, { subject, ...overHttp });
  const shell = { ...home, env: { ...home.env, ...own, MCP_TOKEN }, deadline: DEADLINE };
  for (const name of ['subject', ...Object.keys(overHttp)]) {
    const { document } = await mcpctlJson(['call', name, ...call], shell);
    const data = { structuredContent: answer };
    expect(document, `${name} ${JSON.stringify(document)}`).toMatchObject({ ok: true, data });
  }

  const [tool = '', ...values] = call;
  const target = [...program, '--stdio'];
  const { tools } = await inspect(target, ['--method', 'tools/list'], own);
  expect(tools.map(({ name }: { name: string }) => name)).toContain(tool);
  const words = values.map((value) => value.replace(':=', '='));
  const given = words.length > 0 ? ['--tool-arg', ...words] : [];
  const result = await inspect(target, ['--method', 'tools/call', '--tool-name', tool, ...given], own);
  expect(result.structuredContent).toMatchObject(answer);

  const documented = await mcpctl(['docs', './subject', '--examples', 'none', '--out', 'API.md'], shell);
  expect(documented.status, documented.stderr).toBe(0);
  const page = await readFile(join(home.home, 'API.md'), 'utf8');
  for (const { name } of tools) expect(page).toContain(`\`${name}\``);
  await packProject(folder, shell);
}

/** Packs it, and has the official program read the bundle. */
async function packProject(folder: string, shell: Home): Promise<void> {
  const out = join(await temporaryFolder(), 'subject.mcpb');
  const npm = { npm_config_cache: NPM_CACHE, npm_config_prefer_offline: 'true' };
  const words = ['pack', folder, '--no-build', '--out', out];
  const packed = await mcpctl(words, { ...shell, env: { ...shell.env, ...npm }, deadline: DEADLINE });
  expect(packed.status, packed.stderr).toBe(0);

  const unpacked = join(out, '../unpacked');
  for (const each of [
    ['info', out],
    ['unpack', out, unpacked],
    ['validate', join(unpacked, 'manifest.json')],
  ]) {
    const { status, output } = await mcpb(...each);
    expect(status, output).toBe(0);
  }
}

/** Starts it over HTTP, without a word where that is what it starts with. */
async function httpEntry({ program, home, own, transport }: NewServer): Promise<object> {
  const [command, ...args] = program;
  const words = transport === 'http' ? args : [...args, '--http'];
  const child = spawn(command, words, { env: { ...home.env, ...own, MCP_TOKEN, MCP_PORT: '0' } });
  onTestFinished(() => endsWell(child));
  return { url: await addressOf(child), headers: { Authorization: 'Bearer ${MCP_TOKEN}' } };
}

/** Tells a server to end, which it does with status 0. */
export async function endsWell(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  const [status] = await once(child, 'close');
  expect(status).toBe(0);
}
