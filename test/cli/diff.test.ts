import { applyPatch } from 'diff';
import { expect, test } from 'vitest';
import { unifiedDiff } from '../../src/cli/diff.ts';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

test('prints a patch that turns the old text into the new', async () => {
  const before = numbered(30);
  const after = before.replace('line 4\n', 'line four\n').replace('line 25\n', '');

  const text = await unifiedDiff({ path: 'a.json', before, after });

  expect(text).toContain('-line 4\n+line four\n');
  expect(text.split('\n').filter((line) => line.startsWith('@@'))).toEqual([
    '@@ -1,7 +1,7 @@',
    '@@ -22,7 +22,6 @@',
  ]);
  expect(applyPatch(before, `${text}\n`)).toBe(after);
});

test('says nothing when nothing differs', async () => {
  expect(await unifiedDiff({ path: 'a', before: 'x', after: 'x' })).toBe('');
});

test('names a new file, and a missing line end', async () => {
  expect(await unifiedDiff({ path: 'a', before: '', after: '{}' })).toBe(
    '--- /dev/null\n+++ a\n@@ -0,0 +1,1 @@\n+{}\n\\ No newline at end of file',
  );
});

test('shows what a terminal would hide', async () => {
  const text = await unifiedDiff({ path: 'a', before: 'x\n', after: '\uFEFFx\r\n\u001b[2Jy\u202Ez\n' });

  expect(text).toContain('+<BOM>x␍\n+�[2Jy�z');
});
