import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';

const slugs = async (...args: string[]): Promise<string[]> => {
  const { document } = await mcpctlJson(['search', ...args], await emptyHome());
  return document.data.hits.map(({ slug }: { slug: string }) => slug);
};

test('finds servers by name, alias, package, tool and task', async () => {
  expect((await slugs('github'))[0]).toBe('github');
  expect((await slugs('postgres'))[0]).toBe('dbhub');
  expect((await slugs('@playwright/mcp'))[0]).toBe('playwright');
  expect((await slugs('airtable'))[0]).toBe('airtable');
  expect((await slugs('list_oncalls')).slice(0, 3)).toContain('pagerduty');
  expect((await slugs('refund', 'a', 'payment')).slice(0, 3)).toContain('stripe');
});

test('shows where each comes from, how it signs in, who maintains it and what its risk is', async () => {
  const { status, stdout } = await mcpctl(['search', 'linear'], await emptyHome());

  expect(status).toBe(0);
  expect(stdout).toMatch(/^name +category +from +sign-in +by +risk +what it does\n/);
  expect(stdout).toMatch(/^linear +project-management +remote +oauth.* vendor +low +/m);
  expect(stdout).toMatch(/^linear-jerhadf .* high +stale; take linear$/m);
});

test('filters, and refuses a category there is none of', async () => {
  const { document } = await mcpctlJson(
    ['search', '--category', 'database', '--transport', 'npm', '--official', '--read-only', '--all'],
    await emptyHome(),
  );
  const { hits, of } = document.data;
  expect(of).toBeGreaterThan(700);
  expect(hits.length).toBeGreaterThan(1);
  for (const hit of hits) {
    expect(hit).toMatchObject({ category: 'database', readOnly: true });
    expect(hit.maintainer).not.toBe('community');
    expect(hit.transports).toContain('npm');
  }
  const wrong = await mcpctl(['search', '--category', 'databases'], await emptyHome());
  expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean database?') });
});

test('says why something was found, and what to do when nothing is', async () => {
  const { stdout } = await mcpctl(
    ['search', 'delete a kafka topic', '--explain', '--limit', '1'],
    await emptyHome(),
  );
  expect(stdout).toMatch(/score \d\.\d\d; words: .*kafka.*; tier /);
  expect(stdout).toMatch(/licence .*; risk (low|medium|high)/);
  const none = await mcpctl(['search', 'zzxqy'], await emptyHome());
  expect(none.stdout).toMatch(/^None of \d+ servers fits "zzxqy"\.\n/);
  expect((await mcpctl(['search', 'x', '--limit', 'many'], await emptyHome())).status).toBe(2);
});
