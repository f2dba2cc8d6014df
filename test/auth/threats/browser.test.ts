import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { mcpctl, start, temporaryFolder } from '../../support/cli.ts';
import { initialize, lineClient } from '../../support/line-client.ts';
import { type Bench, bench, said } from './bench.ts';

test('what a browser prints stays out of the answer', async () => {
  const { login } = await wrapped((browser) => `echo noise; echo noise >&2; exec '${browser}' "$@"`);

  expect((await login()).document).toMatchObject({ ok: true });
});

test('what a browser prints stays out of a session', async () => {
  const { run, ...account } = await wrapped((browser) => `echo noise; exec '${browser}' "$@"`);
  await mcpctl(KEEP_IN_FILE, account);
  const client = await run('--sign-in');
  client.send({ id: 1, method: 'tools/call', params: { name: 'add', arguments: { a: 1, b: 2 } } });

  expect(JSON.parse(await client.answer(1)).result.content[0].text).toBe('3');
  expect(client.lines.filter((line) => line.includes('noise'))).toEqual([]);
});

test('a browser that stays open keeps nobody waiting', async () => {
  const pids = join(await temporaryFolder(), 'pid');
  const { login, call } = await wrapped(
    (browser) => `'${browser}' "$@"; echo $$ > '${pids}'; exec sleep 600`,
  );
  onTestFinished(async () => {
    const pid = await vi.waitFor(async () => Number((await readFile(pids, 'utf8')) || Number.NaN), 60_000);
    process.kill(pid, 'SIGKILL');
  });

  expect((await login()).document).toMatchObject({ ok: true });
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
});

test('a client that goes away while the browser is open takes run with it', async () => {
  const { home, env, browser } = await bench({ browser: { does: 'nothing' } });
  await mcpctl(KEEP_IN_FILE, { home, env });
  const child = start(['run', 'subject', '--sign-in'], { home, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const client = lineClient(child);
  client.send(initialize());
  await vi.waitFor(async () => expect(await browser.started()).toHaveLength(1), 60_000);

  expect(await client.end()).not.toBe(70);
});

const KEEP_IN_FILE = ['config', 'set', 'auth.store', 'file'];

/** An account whose browser is a script around the one that signs in. */
async function wrapped(script: (browser: string) => string): Promise<Bench> {
  const made = await bench();
  const program = join(await temporaryFolder(), 'browser');
  await writeFile(program, `#!/bin/sh\n${script(made.browser.program)}\n`);
  await chmod(program, 0o755);
  Object.assign(made.env, { BROWSER: program });
  return made;
}
