import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { emptyHome, MCPCTL, start } from '../support/cli.ts';
import { terminal } from '../support/terminal.ts';

const WAIT = { timeout: 60_000, interval: 100 };

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
