import { expect, test } from 'vitest';
import { latestOf } from '../../src/marketplace/versions.ts';

/** In the order they were published; `-` before one that was taken out. */
function latest(...published: string[]): string | undefined {
  return latestOf(
    published.map((text) => ({ version: text.replace(/^-/, ''), isDeleted: text.startsWith('-') })),
  )?.version;
}

test.each<[string, string[], string]>([
  ['the greatest', ['1.0.0', '2.0.0'], '2.0.0'],
  ['the greatest, also when an older line is mended later', ['1.0.0', '2.0.0', '1.0.1'], '2.0.0'],
  ['one of two digits after one of one', ['1.9.0', '1.10.0'], '1.10.0'],
  ['a release before its own beta', ['1.0.0-beta.2', '1.0.0', '1.0.0-beta.3'], '1.0.0'],
  ['the later one where one is no semantic version', ['2.0.0', 'snapshot'], 'snapshot'],
  ['a semantic version that came later', ['2024.01', '1.0.0'], '1.0.0'],
  ['the greatest that is still there', ['1.0.0', '-2.0.0'], '1.0.0'],
  ['the greatest of all where none is there', ['-1.0.0', '-2.0.0'], '2.0.0'],
])('is %s', (_, published, wanted) => {
  expect(latest(...published)).toBe(wanted);
});
