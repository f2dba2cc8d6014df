import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { emptyHome, type Home, MCPCTL, start } from '../support/cli.ts';

const run = promisify(execFile);
const WAIT = { timeout: 30_000, interval: 100 };

/** A registry that takes every question and answers none; `asked` settles at the first. */
async function silentRegistry(): Promise<{ url: string; asked: Promise<unknown> }> {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, asked: once(server, 'request') };
}

/** A terminal of its own that runs one shell script. */
async function terminal({ home }: Home, script: string) {
  const file = join(home, 'session.sh');
  await writeFile(file, script);
  const tmux = ['-f', '/dev/null', '-S', join(home, 'tmux.sock')];
  await run('tmux', [...tmux, 'new-session', '-d', '-s', 'test', 'bash', '--noprofile', '--norc', file]);
  onTestFinished(async () => {
    await run('tmux', [...tmux, 'kill-server']).catch(() => undefined);
  });
  return {
    press: async (keys: string) => await run('tmux', [...tmux, 'send-keys', '-t', 'test', keys]),
    async shows(text: string) {
      const screen = async () => (await run('tmux', [...tmux, 'capture-pane', '-p', '-t', 'test'])).stdout;
      await vi.waitFor(async () => expect(await screen()).toContain(text), WAIT);
    },
  };
}

test('Ctrl-C after a question was answered is noticed: the command says so, undoes and ends with 130', async () => {
  const registry = await silentRegistry();
  const home = await emptyHome();
  const variables = Object.entries({ ...home.env, TERM: 'xterm', npm_config_registry: registry.url });
  const env = variables.map(([name, value]) => `${name}='${value}'`).join(' ');
  const init = `env -i ${env} '${process.execPath}' '${MCPCTL}' init`;
  // The shell itself ignores the interrupt that the terminal sends to both.
  const script = `trap : INT\ncd "${home.home}"\n${init}\necho $? > status\nsleep 60\n`;
  const { press, shows } = await terminal(home, script);
  await shows('Which servers');
  await press('Enter');
  await registry.asked;

  await press('C-c');

  // A process the signal itself ends has status 130 too, so the words count.
  await shows('error CANCELLED');
  const status = await vi.waitFor(() => readFile(join(home.home, 'status'), 'utf8'), WAIT);
  expect(status).toBe('130\n');
});

test('a terminal that closes stops the command as Ctrl-C does', async () => {
  const registry = await silentRegistry();
  const home = await emptyHome();
  const env = { ...home.env, npm_config_registry: registry.url };
  const child = start(['add', 'npm:anything', '--yes'], { ...home, env });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  await registry.asked;

  child.kill('SIGHUP');

  const [status] = await once(child, 'close');
  expect(status).toBe(130);
  expect(said).toContain('CANCELLED');
});
