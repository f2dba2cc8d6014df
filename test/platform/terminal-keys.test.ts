import { expect, test } from 'vitest';
import { keysIn } from '../../src/platform/terminal-keys.ts';

test.each([
  ['a', ['a']],
  ['jjk', ['j', 'j', 'k']],
  ['\u001b[A\u001bOB', ['up', 'down']],
  ['\u001b', ['escape']],
  ['\u001b\u001b[A', ['escape', 'up']],
  ['\u001b[5~\u001b[6~\u001b[H\u001bOF', ['pageup', 'pagedown', 'home', 'end']],
  ['\r\n\t ', ['enter', 'enter', 'tab', 'space']],
  ['\u0003\u001a\u000c', ['ctrl-c', 'ctrl-z', 'ctrl-l']],
  ['é漢', ['é', '漢']],
  // Alt with a letter, F5, and what a terminal answers to questions, which are no keys that mean anything.
  ['\u001bq\u001b[15~\u001b[?2026;2$yq', ['q']],
  ['', []],
])('%j is %j', (text, keys) => {
  expect(keysIn(text)).toEqual(keys);
});
