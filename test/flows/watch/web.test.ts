import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startChromium } from '../../support/chromium.ts';
import { emptyHome, type Home, MCPCTL, mcpctl, mcpctlJson, start } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { initialize, lineClient } from '../../support/line-client.ts';
import { fixtureEntry, writeManifest } from '../../support/servers.ts';
import { terminal } from '../../support/terminal.ts';

const LINK = /http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{22}/;

async function homeWith(servers: Record<string, object>): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(home.home, servers);
  return home;
}

/** A watch with a page; settles with its process and the link it printed. */
async function watchWeb(home: Home, ...flags: string[]): Promise<{ child: ChildProcess; link: string }> {
  const child = start(['watch', '--web', ...flags], home);
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  let told = '';
  const link = await new Promise<string>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk) => {
      told += chunk;
      const found = LINK.exec(told)?.[0];
      if (found) resolve(found);
    });
    void closed.then(() => reject(new Error(`the watch ended\n${told}`)));
  });
  return { child, link };
}

test('shows a real server, restarts it for its client, and says when the watch is gone', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const client = lineClient(start(['run', 'echo'], home));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  client.send({ id: 1, method: 'tools/call', params: { name: 'echo', arguments: { message: 'hi' } } });
  await client.answer(1);
  const { child, link } = await watchWeb(home);
  const browser = await startChromium();
  const page = await browser.newPage();
  page.setDefaultTimeout(90_000);

  await page.goto(link);
  await page.getByRole('link', { name: 'echo' }).click();
  await page.getByText('healthy').first().waitFor();
  await page.getByRole('table', { name: 'Calls of echo' }).getByText('echo').first().waitFor();
  await page.getByRole('button', { name: 'Restart' }).click();
  await page.getByRole('button', { name: 'Yes, restart echo' }).click();
  await page.getByRole('status').filter({ hasText: 'Started again.' }).waitFor();

  await page.getByRole('main').getByText('Started again', { exact: true }).waitFor();
  const { document } = await mcpctlJson(['status'], home);
  expect(document.data.servers[0]).toMatchObject({ name: 'echo', state: 'healthy', restarts: 1 });
  client.send({ id: 2, method: 'tools/call', params: { name: 'echo', arguments: { message: 'again' } } });
  expect(JSON.parse(await client.answer(2)).result.content[0].text).toBe('again');
  child.kill('SIGKILL');
  await page.getByRole('status').filter({ hasText: 'mcpctl does not answer' }).waitFor();
  expect(await client.end()).toBe(0);
}, 240_000);

test('what a server says on its way out is shown as text, cut short and without its secrets', async () => {
  const key = 'k3y-that-nobody-may-see';
  const home = await emptyHome({ API_KEY: key });
  const script = join(home.home, 'says.cjs');
  await writeFile(
    script,
    `const { API_KEY } = process.env;
     process.stderr.write('y'.repeat(100000) + API_KEY + '\\n');
     process.stderr.write('<img src=x onerror="alert(1)"><script>alert(2)</script> ' + API_KEY + '\\n');
     process.stderr.write('\\u001b[31mfatal: \\u202eesrever\\u0007\\n');
     process.exitCode = 3;`,
  );
  await writeManifest(home.home, {
    talker: { command: process.execPath, args: [script], env: { API_KEY: '${API_KEY}' } },
  });
  const { link } = await watchWeb(home);
  const browser = await startChromium();
  const page = await browser.newPage();
  page.setDefaultTimeout(90_000);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });

  await page.goto(link);
  const main = page.getByRole('main');
  await main.getByText('<img src=x onerror="alert(1)">').first().waitFor();
  await page.getByRole('table', { name: 'Servers' }).getByRole('link', { name: 'talker' }).click();
  await page.getByRole('heading', { level: 1, name: 'talker' }).waitFor();
  const shown = await page.content();
  const text = await main.innerText();
  const status = await mcpctl(['status'], home);

  expect(text).toContain('exited with status 3');
  expect(text).toContain('<script>alert(2)</script>');
  expect(text).toContain('fatal: esrever');
  expect(text.length).toBeLessThan(10_000);
  expect(shown + status.stdout + status.stderr).not.toContain(key);
  expect(shown + status.stdout).not.toMatch(/[\u001b\u0007\u202e]/);
  expect(await page.locator('main img, main script').count()).toBe(0);
  expect(dialogs).toEqual([]);
}, 240_000);

test('listens where it is told, on this machine alone, and refuses a port that is taken', async () => {
  const home = await homeWith({});
  const port = await freePort();
  const { link } = await watchWeb(home, '--port', String(port));
  expect(link).toContain(`http://127.0.0.1:${port}/`);

  const second = await mcpctlJson(['watch', '--port', String(port)], home);

  expect(second).toMatchObject({ status: 1, document: { error: { code: 'PORT_BUSY' } } });
  expect(second.document.error?.hint).toContain('mcpctl watch --web --port');
  expect((await mcpctlJson(['watch', '--port', 'x'], home)).document.error?.code).toBe('USAGE');
  expect((await mcpctlJson(['watch', '--web', '--once'], home)).status).toBe(2);
});

test('the live screen names the link, and another one when it was used', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const variables = Object.entries(home.env).map(([name, value]) => `${name}='${value}'`);
  const session = await terminal(
    home,
    `env -i TERM=screen ${variables.join(' ')} ${process.execPath} ${MCPCTL} watch --web\n`,
    { columns: 100, rows: 24 },
  );
  await session.shows('Page, for one browser:');
  const shown = async (): Promise<string> => LINK.exec(await session.screen())?.[0] ?? '';
  await expect.poll(shown, { timeout: 30_000 }).not.toBe('');
  const first = await shown();

  const { origin, hash } = new URL(first);
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: hash.slice('#code='.length) }),
  });

  expect(answer.status).toBe(200);
  await expect.poll(shown, { timeout: 30_000 }).not.toBe(first);
});
