import { expect, test } from 'vitest';
import { childEnvironment } from '../../src/platform/child-environment.ts';

test('passes what programs need and what the entry names, nothing else', () => {
  const env = { PATH: '/bin', HOME: '/home/a', LC_TIME: 'C', GITHUB_TOKEN: 'secret', TERM: '() { evil; }' };

  expect(childEnvironment({ env, platform: 'linux', own: { API_KEY: 'k', HOME: '/other' } })).toEqual({
    PATH: '/bin',
    HOME: '/other',
    LC_TIME: 'C',
    API_KEY: 'k',
  });
});

test('treats names alike in any case on Windows', () => {
  const env = { Path: 'C:\\Windows', SystemRoot: 'C:\\Windows', Secret: 'x' };

  expect(childEnvironment({ env, platform: 'win32', own: {} })).toEqual({
    Path: 'C:\\Windows',
    SystemRoot: 'C:\\Windows',
  });
  expect(childEnvironment({ env, platform: 'win32', own: { PATH: 'D:\\' } })).toEqual({
    PATH: 'D:\\',
    SystemRoot: 'C:\\Windows',
  });
});
