import { expect, test } from 'vitest';
import { coversName, NAMESPACE_PATTERN } from '../../src/core/registry-names.ts';

test.each<[string, string, boolean]>([
  ['io.acme/*', 'io.acme/weather', true],
  ['io.acme/*', 'IO.ACME/weather', true],
  ['io.acme/*', 'io.acme.evil/weather', false],
  ['io.acme/*', 'io.acmeevil/weather', false],
  ['io.acme.*', 'io.acme.team/weather', true],
  ['io.acme.*', 'io.acme/weather', false],
  ['io.acme/weather', 'io.acme/weather', true],
  ['io.acme/weather', 'io.acme/weather-2', false],
  ['*', 'anything/at-all', true],
])('%s covers %s: %s', (pattern, name, covered) => {
  expect(coversName([pattern], name)).toBe(covered);
});

test.each(['', 'io.acme', '/x', 'io.acme/', 'io.*/x', 'io.acme/*/*', 'a b/*'])('%j is no pattern', (text) => {
  expect(NAMESPACE_PATTERN.test(text)).toBe(false);
});
