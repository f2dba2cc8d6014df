import { expect, test, vi } from 'vitest';
import { emptyHome, MCPCTL } from '../../support/cli.ts';
import { terminal } from '../../support/terminal.ts';

const WAIT = { timeout: 60_000, interval: 100 };

/** `search` without words in a terminal of its own; what it ends with stands behind it. */
async function browsing(size = { columns: 80, rows: 24 }) {
  const home = await emptyHome();
  const env = Object.entries(home.env).map(([name, value]) => `${name}='${value}'`);
  const run = `env -i TERM=xterm-256color ${env.join(' ')} '${process.execPath}' '${MCPCTL}' search`;
  const shell = await terminal(home, `cd '${home.home}'\n${run}\necho "ended with $?"\nsleep 600\n`, size);
  await shell.shows('Which server?');
  const chosen = async (slug: string) =>
    await vi.waitFor(async () => expect(await shell.screen()).toMatch(new RegExp(`❯ ${slug} `)), WAIT);
  return { ...shell, chosen };
}

test('finds while a word is typed, previews, and shows all of the one that is chosen', async () => {
  const shell = await browsing();
  await shell.chosen('atlassian');
  expect(await shell.screen()).toContain('risk low');

  await shell.press('postg');
  await shell.chosen('dbhub');
  await shell.shows('DBHub (PostgreSQL');
  await shell.press('Down');
  await vi.waitFor(async () => expect(await shell.screen()).not.toMatch(/❯ dbhub /), WAIT);
  await shell.press('Up');
  await shell.chosen('dbhub');
  await shell.press('Enter');

  await shell.shows('ended with 0');
  expect(await shell.screen()).toContain('mcpctl add dbhub');
});

test('fits a small terminal that grows, Esc begins anew, and Ctrl-C leaves', async () => {
  const shell = await browsing({ columns: 40, rows: 12 });
  await shell.chosen('atlassian');
  const rows = await shell.rows();
  expect(rows.some((row) => row.startsWith('? Which server?'))).toBe(true);
  expect(rows.some((row) => row.includes('navigate'))).toBe(true);

  await shell.resize({ columns: 100, rows: 30 });
  await shell.press('zzxqy');
  await shell.shows('No results found');
  await shell.press('Escape');
  await shell.chosen('atlassian');
  await shell.shows('31 tools known');
  await shell.press('C-c');

  await shell.shows('ended with 130');
});
