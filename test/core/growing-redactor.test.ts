import { expect, test } from 'vitest';
import { createGrowingRedactor } from '../../src/core/growing-redactor.ts';

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
