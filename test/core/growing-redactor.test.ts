import { expect, test } from 'vitest';
import { createGrowingRedactor, createSharedRedactor } from '../../src/core/growing-redactor.ts';

test('hides what it knows from the start and what it learns', () => {
  const redact = createGrowingRedactor(['first-secret']);
  expect(redact('first-secret second-secret')).toBe('••• second-secret');
  redact.add(['second-secret']);

  expect(redact('first-secret second-secret')).toBe('••• •••');
  const stream = redact.stream();
  expect(stream.write('a second-') + stream.write('secret b') + stream.end()).toBe('a ••• b');
});

test('keeps only the latest of those that come and go, and all it began with', () => {
  const redact = createGrowingRedactor(['fixed-secret']);
  for (let turn = 0; turn < 100; turn += 1) redact.add([`access-token-${turn}`, `access-token-${turn}`]);

  expect(redact('fixed-secret access-token-99 access-token-70 access-token-10 ')).toBe(
    '••• ••• ••• access-token-10 ',
  );
});

test('hides the secrets of all who share it, and rotates those of each alone', () => {
  const shared = createSharedRedactor();
  const [one, two] = [shared.of('one', ['first-secret']), shared.of('two')];
  two.add(['quiet-token']);
  for (let turn = 0; turn < 100; turn += 1) one.add([`access-token-${turn}`]);
  const text = 'first-secret quiet-token access-token-99 access-token-10 ';

  for (const redact of [shared, one, two]) expect(redact(text)).toBe('••• ••• ••• access-token-10 ');
  shared.of('one', ['next-secret']);
  expect(two('first-secret next-secret')).toBe('••• •••');
});

test('a stream hides what becomes known while it runs, also what began before', () => {
  const shared = createSharedRedactor();
  const one = shared.of('one', ['early-secret']);
  const stream = shared.stream();
  let shown = stream.write('a early-sec');
  one.add(['late-token']);
  shown += stream.write('ret b late-to');
  shared.of('two', ['third-secret']);
  shown += stream.write('ken c third-') + stream.write('secret d') + stream.end();

  expect(shown).toBe('a ••• b ••• c ••• d');
});
