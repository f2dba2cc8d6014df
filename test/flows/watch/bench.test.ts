import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Three seconds say nothing of what it costs; `node test/bench/watch.mjs` takes ten minutes. */
test('the bench of watching watches ten servers', async () => {
  const script = fileURLToPath(new URL('../../bench/watch.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--seconds', '3']);

  expect(JSON.parse(stdout)).toMatchObject({ servers: 10, seconds: expect.any(Number) });
});
