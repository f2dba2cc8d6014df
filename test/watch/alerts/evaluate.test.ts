import { expect, test } from 'vitest';
import { type AlertSettings, DEFAULT_ALERT_SETTINGS } from '../../../src/settings/alert-settings.ts';
import { DEFAULT_SETTINGS } from '../../../src/settings/settings.ts';
import { alertKey } from '../../../src/watch/alerts/alert.ts';
import { type AlertBook, EMPTY_BOOK } from '../../../src/watch/alerts/book.ts';
import { evaluate } from '../../../src/watch/alerts/evaluate.ts';
import { createHistory } from '../../../src/watch/alerts/history.ts';
import { judgeAll } from '../../../src/watch/alerts/judge.ts';
import { ruleLimits } from '../../../src/watch/alerts/rule.ts';
import type { ObservedServer } from '../../../src/watch/observation.ts';
import { NOON, observation, observedServer } from '../../support/observations.ts';

const TOLD: AlertSettings = { ...DEFAULT_ALERT_SETTINGS, channels: { ops: { type: 'desktop' } } };
const DOWN: Partial<ObservedServer> = { state: 'failed' };

/** The books after looks at one server, each so many seconds after noon. */
function looks(
  settings: AlertSettings,
  ...seen: readonly (readonly [seconds: number, but?: Partial<ObservedServer> | undefined])[]
): AlertBook[] {
  const history = createHistory();
  const books: AlertBook[] = [];
  for (const [seconds, but] of seen) {
    const now = observation(seconds, but === undefined ? [] : [observedServer('github', but)]);
    history.add(now);
    const view = { now, history, limits: ruleLimits(DEFAULT_SETTINGS), due: [] };
    const book = books.at(-1) ?? EMPTY_BOOK;
    books.push(evaluate(book, judgeAll(view, settings), settings, NOON + seconds * 1000));
  }
  return books;
}

const statesOf = (books: readonly AlertBook[]): (string | undefined)[] =>
  books.map(({ alerts }) => alerts[0]?.state);
const toldIn = ({ outbox }: AlertBook): string[] => outbox.map(({ change }) => change);

test('an alert is pending, fires after its time, and is resolved; each change is told once', () => {
  const books = looks(TOLD, [0, {}], [10, DOWN], [69, DOWN], [70, DOWN], [80, DOWN], [90, {}], [100, {}]);

  expect(statesOf(books)).toEqual([
    undefined,
    'pending',
    'pending',
    'firing',
    'firing',
    undefined,
    undefined,
  ]);
  expect(books.map(toldIn)).toEqual([
    [],
    [],
    [],
    ['trigger'],
    ['trigger'],
    ['trigger', 'resolve'],
    ['trigger', 'resolve'],
  ]);
  expect(books.at(-1)?.outbox[0]).toMatchObject({
    channel: 'ops',
    alert: { key: 'mcpctl:server-down:github', summary: 'github is down', severity: 'critical' },
  });
  expect(books.at(-1)?.resolved).toMatchObject([{ firedAt: NOON + 70_000, resolvedAt: NOON + 90_000 }]);
});

test('what is over before its time is told to nobody', () => {
  expect(looks(TOLD, [0, DOWN], [30, {}], [70, DOWN]).map(toldIn)).toEqual([[], [], []]);
});

test('a book that stays as it is is the same book', () => {
  const books = looks(TOLD, [0, DOWN], [70, DOWN], [75, DOWN], [80, DOWN]);

  expect(books[2]).toBe(books[1]);
  expect(books[3]).toBe(books[1]);
});

test('a watcher that begins again neither repeats nor forgets', () => {
  const before = looks(TOLD, [0, DOWN], [60, DOWN]).at(-1) as AlertBook;
  const judged = (state: ObservedServer['state']) => {
    const now = observation(400, [observedServer('github', { state })]);
    const history = createHistory();
    history.add(now);
    return judgeAll({ now, history, limits: ruleLimits(DEFAULT_SETTINGS), due: [] }, TOLD);
  };

  const still = evaluate(before, judged('failed'), TOLD, NOON + 400_000);
  const over = evaluate(before, judged('healthy'), TOLD, NOON + 400_000);

  expect(toldIn(still)).toEqual(['trigger']);
  expect(toldIn(over)).toEqual(['trigger', 'resolve']);
});

test('what counts over time fires on through a restart of the watcher, until it has looked for long enough', () => {
  const loop = { restarts: 9 };
  const before = looks(TOLD, [0, { restarts: 0 }], [60, loop]).at(-1) as AlertBook;
  const history = createHistory();
  const after = [100, 300, 699, 701].map((seconds) => {
    const now = observation(seconds, [observedServer('github', loop)]);
    history.add(now);
    const view = { now, history, limits: ruleLimits(DEFAULT_SETTINGS), due: [] };
    return evaluate(before, judgeAll(view, TOLD), TOLD, NOON + seconds * 1000);
  });

  expect(before.alerts).toMatchObject([{ rule: 'restart-loop', state: 'firing' }]);
  expect(after.map(({ alerts }) => alerts.length)).toEqual([1, 1, 1, 0]);
});

test('a crash loop that its watcher saw begin is over as soon as the server works', () => {
  const reason = { code: 'SERVER_CRASH_LOOP', message: 'Left stopped.' };
  const books = looks(TOLD, [0, {}], [10, { state: 'failed', reason }], [20, {}]);

  const told = books.at(-1)?.outbox.map(({ change, alert }) => [alert.rule, change]);
  expect(told).toEqual([
    ['restart-loop', 'trigger'],
    ['restart-loop', 'resolve'],
  ]);
});

test('one that comes again and again is told less and less often', () => {
  const settings = { ...TOLD, rules: { 'server-down': { forMs: 0 } } };
  const flapping = Array.from(
    { length: 180 },
    (_, index) => [index * 10, index % 2 === 0 ? DOWN : {}] as const,
  );

  const last = looks(settings, ...flapping).at(-1) as AlertBook;

  expect(toldIn(last)).toEqual(['trigger', 'resolve', 'trigger']);
  expect(last.outbox.at(-1)?.alert.times).toBe(2);
  expect(last.alerts).toMatchObject([{ state: 'firing' }]);
});

test('a server nobody sees any more is resolved after ten minutes', () => {
  const books = looks(TOLD, [0, DOWN], [60, DOWN], [500], [661]);

  expect(statesOf(books)).toEqual(['pending', 'firing', 'firing', undefined]);
  expect(toldIn(books[3] as AlertBook)).toEqual(['trigger', 'resolve']);
});

test('pending time does not run while nobody looks for long', () => {
  expect(statesOf(looks(TOLD, [0, DOWN], [1000, DOWN], [1061, DOWN]))).toEqual([
    'pending',
    'pending',
    'firing',
  ]);
});

test('a rule that is switched off fires no more and ends what fires', () => {
  const fires = looks(TOLD, [0, DOWN], [60, DOWN]).at(-1) as AlertBook;
  const off = { ...TOLD, rules: { 'server-down': { enabled: false } } };

  expect(toldIn(evaluate(fires, [], off, NOON + 61_000))).toEqual(['trigger', 'resolve']);
  expect(statesOf(looks(off, [0, DOWN], [100, DOWN]))).toEqual([undefined, undefined]);
});

test('a channel hears of nothing less than it asks for, and a rule can be made less', () => {
  const critical = { ...TOLD, channels: { ops: { type: 'desktop', atLeast: 'critical' } as const } };
  const lowered = { ...critical, rules: { 'server-down': { severity: 'warning' } as const } };

  expect(toldIn(looks(critical, [0, DOWN], [60, DOWN])[1] as AlertBook)).toEqual(['trigger']);
  expect(toldIn(looks(lowered, [0, DOWN], [60, DOWN])[1] as AlertBook)).toEqual([]);
});

test.each(['github', 'server-down'])(
  'nobody is told while %s is muted, and then of what still fires',
  (name) => {
    const muted = { ...EMPTY_BOOK, mutes: [{ name, until: NOON + 100_000 }] };
    const step = (book: AlertBook, seconds: number): AlertBook => {
      const now = observation(seconds, [observedServer('github', DOWN)]);
      const view = { now, history: createHistory(), limits: ruleLimits(DEFAULT_SETTINGS), due: [] };
      return evaluate(book, judgeAll(view, TOLD), TOLD, NOON + seconds * 1000);
    };

    const quiet = step(step(muted, 0), 60);
    const later = step(quiet, 101);

    expect(quiet).toMatchObject({ alerts: [{ state: 'firing', told: [] }], outbox: [] });
    expect(toldIn(later)).toEqual(['trigger']);
  },
);

test('in quiet hours only what is critical is told; the rest waits until they end', () => {
  const quietHours = { from: '22:00', to: '13:00', timeZone: 'UTC' };
  const settings = { ...TOLD, quietHours };
  const asleep: Partial<ObservedServer> = { state: 'needs-auth' };

  const books = looks(settings, [0, asleep], [60, asleep], [3600, asleep]);
  const ended = looks(
    { ...settings, quietHours: { ...quietHours, from: '12:01' } },
    [-60, asleep],
    [0, asleep],
    [70, {}],
  );

  expect(books.map(toldIn)).toEqual([[], [], ['trigger']]);
  expect(ended.at(-1)?.outbox.map(({ change, notBefore }) => [change, notBefore])).toEqual([
    ['trigger', NOON],
    ['resolve', NOON + 3_600_000],
  ]);
  expect(toldIn(looks(settings, [0, DOWN], [60, DOWN])[1] as AlertBook)).toEqual(['trigger']);
});

test('the tenant is part of the key, and keys end at 255 characters', () => {
  const [, book] = looks({ ...TOLD, tenant: 'acme' }, [0, DOWN], [60, DOWN]);

  expect(book?.alerts[0]?.key).toBe('mcpctl:acme:server-down:github');
  const [one, other] = ['a', 'b'].map((end) => alertKey('server-down', 'x'.repeat(300) + end, undefined));
  expect([one?.length, other?.length]).toEqual([255, 255]);
  expect(one).not.toBe(other);
});
