import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compileFlag } from '../../src/platform/compile-soon.ts';

test('the V8 of this Node knows the flag', () => {
  const flag = compileFlag(process.versions.v8);

  expect(execFileSync(process.execPath, [flag, '-p', '1'], { encoding: 'utf8' })).toBe('1\n');
});
