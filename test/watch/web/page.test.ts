import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ShownAlert, ShownCall } from '../../../src/watch/web/wire.ts';
import { launchChromium, type OpenedPage, openPage, type PageLook } from '../../support/chromium.ts';
import { textBelowContrast } from '../../support/contrast.ts';
import {
  rowOf,
  SERVERS,
  type ShownWorld,
  seen,
  shownServer,
  showWorld,
  someCalls,
} from '../../support/dashboard.ts';

/** A browser is slow where many programs run. */
vi.setConfig({ testTimeout: 180_000 });

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
});

const open = (address: string, look?: PageLook) => openPage(browser, address, look);

/** Opens the link of a world and waits for its servers. */
async function enter(world: ShownWorld, look?: PageLook): Promise<OpenedPage> {
  const opened = await open(world.link, look);
  await opened.page.getByRole('table', { name: 'Servers' }).waitFor();
  return opened;
}

async function goTo(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${view}'`);
  await page.locator('main h1').waitFor();
}

const ALERTS: readonly ShownAlert[] = [
  {
    rule: 'server-down',
    server: 'postgres',
    severity: 'critical',
    summary: 'postgres is down',
    since: '2026-11-30T11:55:00.000Z',
  },
  {
    rule: 'sign-in-failures',
    severity: 'warning',
    summary: 'Sign-ins fail',
    since: '2026-11-30T11:40:00.000Z',
    hint: 'mcpctl auth status',
  },
];

test('a link opens the page once, leaves nothing in the address, and asks no other host', async () => {
  const world = await showWorld();

  const { page, complaints, asked } = await enter(world);

  expect(page.url()).toBe(world.pages.url);
  expect(await page.evaluate('history.length')).toBeLessThanOrEqual(2);
  for (const url of asked) {
    expect(new URL(url).origin).toBe(new URL(world.pages.url).origin);
    expect(url).not.toMatch(/[\w-]{43}/);
  }
  expect(complaints).toEqual([]);
  expect(world.failures).toEqual([]);
  await page.reload();
  await page.getByRole('table', { name: 'Servers' }).waitFor();
  const again = await open(world.link);
  expect(await again.page.getByRole('alert').innerText()).toContain('works once');
});

test('shows states with reason and command, alerts, calls, tools, cache, limits and processes', async () => {
  const world = await showWorld({ alerts: ALERTS });

  const { page } = await enter(world);

  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('3 of 6 servers need you');
  expect(await page.title()).toBe('(4) Servers · mcpctl');
  const concerns = await page.getByRole('list', { name: 'What needs you' }).innerText();
  for (const text of [
    'postgres ended 5 times within a minute and is left stopped.',
    'mcpctl logs postgres',
    'alert server-down',
    'mcpctl auth login linear',
    'mcpctl approve filesystem',
    'Sign-ins fail',
  ]) {
    expect(concerns).toContain(text);
  }
  const row = async (table: string, name: string): Promise<string> =>
    (await page.getByRole('table', { name: table }).getByRole('row', { name }).innerText()).replaceAll(
      /\s+/g,
      ' ',
    );
  expect(await row('Servers', 'github')).toMatch(/healthy 4\.2 180 ms 0 % 8\.4 ms 41\/41 64 MiB 0/);
  expect(await row('Servers', 'linear')).toContain('needs sign-in');
  expect(await row('Slowest tools', 'postgres')).toContain('query');
  expect(await row('Failing tools', 'postgres')).toContain('62');
  expect(await row('Cache and limits', 'github')).toContain('100/min');
  expect(await row('Processes', 'gateway 4311')).toContain('/home/ada');
  expect(await page.locator('.readout').innerText()).toBe('460 calls, 72 failed, 7 refused');
});

test('shows one server with its tools, changes and calls', async () => {
  const world = await showWorld();
  const { page, complaints } = await enter(world);
  world.show(seen([shownServer('github', { restarts: 1 }), ...SERVERS.slice(1)], 1));
  await page.getByText('Started again').first().waitFor();

  await page.getByRole('table', { name: 'Servers' }).getByRole('link', { name: 'filesystem' }).click();

  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('filesystem');
  const text = await page.getByRole('main').innerText();
  expect(text).toContain('14 offered, 13 locked');
  expect(text).toContain('write_file');
  expect(text).toContain('mcpctl approve filesystem');
  await page.getByRole('table', { name: 'Calls of filesystem' }).waitFor();
  await goTo(page, 'servers/github');
  await page.getByRole('main').getByText('Started again').waitFor();
  await goTo(page, 'servers/gone');
  expect(await page.getByRole('main').innerText()).toContain('There is no such server');
  expect(complaints).toEqual([]);
});

test('searches the audit log and turns its pages', async () => {
  const world = await showWorld({ calls: someCalls(120) });
  const { page } = await enter(world);
  await page.getByRole('link', { name: 'Calls' }).click();
  const table = page.getByRole('table', { name: 'Calls that fit' });
  await table.waitFor();
  const pager = page.getByRole('navigation', { name: 'Pages' }).last();

  await pager.getByRole('button', { name: 'Older' }).click();
  await pager.getByText('51 to 100').waitFor();
  await pager.getByRole('button', { name: 'Older' }).click();
  await pager.getByText('101 to 120').waitFor();
  expect(await pager.getByRole('button', { name: 'Older' }).isDisabled()).toBe(true);
  await page.getByLabel('Outcome').selectOption('timeout');
  await page.getByLabel('Server').selectOption('github');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect.poll(async () => await table.getByRole('row').count(), { timeout: 60_000 }).toBeLessThan(10);

  expect(page.url()).toContain('outcome=timeout');
  const rows = await table.getByRole('row').allInnerTexts();
  for (const text of rows.slice(1)) expect(text).toMatch(/github[\s\S]*timeout/);
  await page.goBack();
  await pager.getByText('1 to 50').waitFor();
});

test('every view is readable in light and dark, on a desk and at 400 pixels', async () => {
  const grounds = new Set<unknown>();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [400, 1280]) {
      const world = await showWorld({ alerts: ALERTS });
      const { page, complaints } = await enter(world, { colorScheme, width });
      for (const view of ['', 'servers/postgres', 'servers/filesystem', 'calls']) {
        await goTo(page, view);
        if (view !== '') await page.getByRole('table', { name: /^Calls / }).waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        expect(await textBelowContrast(page, 4.5)).toEqual([]);
      }
      await page.evaluate('localStorage.clear()');
      await page.reload();
      await page.getByRole('button', { name: 'Open' }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await textBelowContrast(page, 4.5)).toEqual([]);
      // The door opens after an answer of 401, of which Chromium tells.
      expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
      grounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      await page.close();
    }
  }
  expect(grounds.size).toBe(2);
});

test('everything can be done with the keyboard, and shows where it is', async () => {
  const world = await showWorld();
  const { page } = await enter(world);
  const focused = async (): Promise<string> =>
    String(
      await page.evaluate(`(() => {
      const { activeElement: at } = document;
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      return [at.getAttribute('aria-label') ?? at.textContent.trim(), outlineStyle, outlineWidth].join(' | ');
    })()`),
    );
  const seenOnTheWay: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    seenOnTheWay.push(await focused());
    if (seenOnTheWay.at(-1)?.startsWith('Calls in each minute')) break;
  }
  expect(seenOnTheWay.every((text) => text.endsWith('| solid | 2px'))).toBe(true);
  for (const name of ['mcpctl', 'Servers', 'Calls', 'Sign out', 'github', 'Copy mcpctl logs postgres']) {
    expect(seenOnTheWay.some((text) => text.startsWith(name))).toBe(true);
  }
  await page.keyboard.press('End');
  expect(await page.locator('.readout').innerText()).toMatch(/^\d\d:\d\d: /);
  await page.keyboard.press('ArrowLeft');
  const before = await page.locator('.readout').innerText();
  await page.keyboard.press('Home');
  expect(await page.locator('.readout').innerText()).not.toBe(before);

  await page.getByRole('table', { name: 'Servers' }).getByRole('link', { name: 'github' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Restart' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Yes, restart github' }).focus();
  expect(world.restarts).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: 'Started again.' }).waitFor();
  expect(world.restarts).toEqual(['github']);
});

test('what changes is shown at once, said politely, and takes no focus away', async () => {
  const world = await showWorld();
  const { page } = await enter(world);
  const link = page.getByRole('table', { name: 'Servers' }).getByRole('link', { name: 'memory' });
  await link.focus();
  const reason = {
    code: 'SERVER_EXITED',
    message: 'github ended with status 3.',
    hint: 'mcpctl logs github',
  };

  world.show(seen([shownServer('github', { state: 'failed', reason }), ...SERVERS.slice(1)], 5));

  await page.getByText('github ended with status 3.').first().waitFor();
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('4 of 6 servers need you');
  await page.locator('[aria-live=polite]').filter({ hasText: 'github: healthy → failed' }).waitFor();
  expect(await page.evaluate('document.activeElement.textContent')).toBe('memory');
});

const EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>';

test('what servers, tools and errors say is text', async () => {
  const reason = { code: EVIL, message: `${EVIL} failed`, hint: `javascript:alert(3) ${EVIL}` };
  const hostile = shownServer(EVIL, {
    state: 'failed',
    reason,
    version: EVIL,
    tools: { offered: 1, locked: 1, changed: [EVIL] },
  });
  const link = shownServer('javascript:alert(4)', { state: 'degraded', reason });
  const call: ShownCall = {
    ...(someCalls(1)[0] as ShownCall),
    server: EVIL,
    what: EVIL,
    client: EVIL,
    user: EVIL,
    errorType: EVIL,
    outcome: 'error',
  };
  const world = await showWorld({
    observation: seen([hostile, link]),
    calls: [call],
    rows: [rowOf({ server: EVIL, tool: EVIL, ts: '2026-11-30T11:59:00.000Z', outcome: 'error' })],
    alerts: [{ ...(ALERTS[1] as ShownAlert), summary: EVIL, rule: EVIL, hint: EVIL }],
  });
  const { page, complaints, asked } = await enter(world);
  const clean = async (): Promise<void> => {
    expect(
      await page.locator('img, script:not([src="app.js"]), iframe, [onerror], [href^="javascript"]').count(),
    ).toBe(0);
    expect(await page.getByRole('main').innerText()).toContain(EVIL);
  };

  await clean();
  await page.getByRole('table', { name: 'Servers' }).getByRole('link', { name: '<img' }).click();
  await page.getByRole('heading', { level: 1, name: '<img' }).waitFor();
  await page.getByRole('table', { name: /^Calls of/ }).waitFor();
  await clean();
  await goTo(page, 'calls');
  await page.getByRole('table', { name: 'Calls that fit' }).waitFor();
  await clean();
  await goTo(page, `servers/${encodeURIComponent(encodeURIComponent(EVIL))}`);

  expect(complaints).toEqual([]);
  for (const url of asked) expect(new URL(url).origin).toBe(new URL(world.pages.url).origin);
});

test('the policy runs nothing, even if something got in', async () => {
  const { page, complaints } = await enter(await showWorld());

  const injected = await page.evaluate(`(() => {
    try { document.body.insertAdjacentHTML('beforeend', '<p id="probe" style="color: rgb(1, 2, 3)">x</p>'); return 'made'; }
    catch { return 'refused'; }
  })()`);
  await page.evaluate(`fetch('https://evil.example/').catch(() => {})`);

  expect(injected).toBe('refused');
  expect(complaints.join('\n')).toContain('Content Security Policy');
});

test('says when the process is gone, keeps what was seen, and lets nobody in with the old session', async () => {
  const world = await showWorld();
  const { page } = await enter(world);
  const { port } = new URL(world.pages.url);

  await world.close();

  await page.getByRole('status').filter({ hasText: 'mcpctl does not answer' }).waitFor();
  expect(await page.getByRole('status').first().innerText()).toMatch(/What you see is from \d\d:\d\d:\d\d/);
  await page.getByRole('table', { name: 'Servers' }).waitFor();
  await page.getByRole('button', { name: /^Try now/ }).waitFor();
  const next = await showWorld({ port: Number(port) });
  await page.getByRole('button', { name: 'Open' }).waitFor();
  expect(await page.getByRole('alert').innerText()).toContain('signed out');
  expect(await page.getByRole('table').count()).toBe(0);
  await page.getByLabel('Link').fill(next.link);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('table', { name: 'Servers' }).waitFor();
});

test('connects again by itself after a break', async () => {
  const world = await showWorld();
  const { page } = await enter(world);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

  world.dashboard.close();

  await page.getByRole('status').filter({ hasText: 'mcpctl does not answer' }).waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
});

test('a token of the gateway opens it for its principal, and is kept nowhere', async () => {
  const world = await showWorld({
    principalOf: async (authorization) => (authorization === 'Bearer ada-token' ? 'ada' : undefined),
  });
  const { page } = await open(world.pages.url);
  const token = page.getByLabel('Token or link');
  await token.fill('wrong');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('alert').filter({ hasText: 'does not open it' }).waitFor();
  expect(await token.getAttribute('type')).toBe('password');

  await token.fill('ada-token');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('table', { name: 'Servers' }).waitFor();

  expect(await page.getByRole('table', { name: 'Processes' }).count()).toBe(0);
  await goTo(page, 'servers/github');
  expect(await page.getByRole('button', { name: 'Restart' }).count()).toBe(0);
  const kept = await page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  );
  expect(kept).not.toContain('ada-token');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Open' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Open' }).waitFor();
});

test('shows a snapshot in a browser without scripts', async () => {
  const world = await showWorld();
  const { page, complaints } = await open(world.pages.url, { javaScriptEnabled: false });

  await page.getByLabel('Code').fill(world.sessions.newCode());
  await page.getByRole('button', { name: 'Open' }).click();

  const row = page.getByRole('row', { name: 'postgres' });
  expect(await row.innerText()).toContain('mcpctl logs postgres');
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(complaints).toEqual([]);
});

test('stands still for those who want that', async () => {
  const { page } = await enter(await showWorld(), { reducedMotion: 'reduce' });

  const moving = await page.evaluate('document.getAnimations().length');

  expect(moving).toBe(0);
});
