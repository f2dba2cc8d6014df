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
  '▸ ● healthy ▲ ◆ ◌ ○ ■ ✗ ✓ ‖ ── ↑ ↓ ≠ ∞',
  '↔️ ▶️ ☑️',
  '👍🏽 thumbs',
  '👨‍👩‍👧‍👦 family',
  '❤️ heart',
  '🇩🇪 flag',
  'ไทย',
])('is as wide as the reference says: %j', (text) => {
  expect(displayWidth(text)).toBe(stringWidth(text));
});

test('every character that is taken for plain is one column wide', () => {
  const codes = [0x2190, 0x2500, 0x2713, 0x2717].flatMap((start, index) =>
    Array.from(
      { length: [0x22ff - 0x2190 + 1, 0x25fc - 0x2500 + 1, 1, 1][index] ?? 0 },
      (_, offset) => start + offset,
    ),
  );
  const text = String.fromCodePoint(...codes);
  expect(displayWidth(text)).toBe(stringWidth(text));
  expect(displayWidth(text)).toBe(codes.length);
});
