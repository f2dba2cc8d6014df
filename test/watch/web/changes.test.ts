import { expect, test } from 'vitest';
import { createChangeBook } from '../../../src/watch/web/changes.ts';
import { seen, shownServer } from '../../support/dashboard.ts';

test('tells nothing of what was there before anybody looked', () => {
  const book = createChangeBook();
  book.note(seen([shownServer('github', { state: 'failed' })]));
  book.note(seen([shownServer('github', { state: 'failed' })], 1));

  expect(book.latest()).toEqual([]);
});

test('tells states, restarts, versions, tools and servers that come and go, the latest first', () => {
  const book = createChangeBook();
  book.note(seen([shownServer('github'), shownServer('old')]));
  const reason = { code: 'SERVER_EXITED', message: 'github ended.' };
  book.note(seen([shownServer('github', { state: 'failed', reason }), shownServer('old')], 1));
  const tools = { offered: 3, locked: 3, changed: ['search'] };
  book.note(seen([shownServer('github', { restarts: 2, version: '2.0.0', tools }), shownServer('new')], 2));

  expect(book.latest().map(({ server, tone, text }) => `${server} ${tone} ${text}`)).toEqual([
    'github plain Started again 2 times',
    'github good failed → healthy',
    'github bad Tools not as locked: search',
    'github plain Version 1.4.2 → 2.0.0',
    'new plain New in the manifest',
    'old plain Not in the manifest any more',
    'github bad healthy → failed: github ended.',
  ]);
});

test('one server that changes all the time does not hide the others', () => {
  const book = createChangeBook();
  const other = (state: 'healthy' | 'failed') => shownServer('quiet', { state });
  book.note(seen([shownServer('busy'), other('healthy')]));
  book.note(seen([shownServer('busy'), other('failed')], 1));
  for (let round = 0; round < 100; round += 1) {
    book.note(seen([shownServer('busy', { restarts: round + 1 }), other('failed')], round + 2));
  }

  const latest = book.latest();
  expect(latest.filter(({ server }) => server === 'busy').length).toBeLessThan(20);
  expect(latest.filter(({ server }) => server === 'quiet')).toHaveLength(1);
});
