import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/display-width.ts';

test.each([
  '',
  'plain ASCII, with punctuation!',
  '\u001b[31mred\u001b[39m and \u001b[1;2mbold\u001b[22m',
  '\u001b[36m漢字\u001b[39m',
  'Elastic’s … “quotes” — dash',
  'caf\u00e9',
  'cafe\u0301',
  'zero\u200bwidth\u00adsoft',
  '日本語テキスト',
  '한국어',
  '全角！',
  '✔ ok ✖ no ! maybe',
  '👍🏽 thumbs',
  '👨‍👩‍👧‍👦 family',
  '❤️ heart',
  '🇩🇪 flag',
  'ไทย',
])('is as wide as the reference says: %j', (text) => {
  expect(displayWidth(text)).toBe(stringWidth(text));
});
