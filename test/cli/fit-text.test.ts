import { expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/display-width.ts';
import { cutText, padText } from '../../src/cli/fit-text.ts';

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['漢字漢字', 5, '漢字…'],
  ['漢字漢字', 4, '漢…'],
  ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 3, '👨‍👩‍👧‍👦…'],
  ['cafe\u0301s', 4, 'caf…'],
  ['x', 0, ''],
  ['xy', 1, '…'],
])('%j in %i columns is %j', (text, width, expected) => {
  expect(cutText(text, width)).toBe(expected);
  expect(displayWidth(cutText(text, width))).toBeLessThanOrEqual(width);
});

test('filling goes after the text or before it, by columns and not by characters', () => {
  expect([padText('漢', 4), padText('7', 4, 'right'), padText('longer', 3)]).toEqual([
    '漢  ',
    '   7',
    'longer',
  ]);
});
