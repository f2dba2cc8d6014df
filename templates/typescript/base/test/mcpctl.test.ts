import { expect, test } from 'vitest';
import { openExample } from './example.ts';
import { testWithMcpctl } from './mcpctl.ts';

const NOT_HERE = 'mcpctl is not installed: npm install --global mcpctl';

test('passes the checks of mcpctl', async ({ skip }) => {
  const example = await openExample();
  try {
    // Resources may need something that is not there.
    const skipped = example.resource === undefined ? ['resources-readable'] : [];
    const verdicts = await testWithMcpctl(example.env, skipped);
    if (!verdicts) {
      process.stderr.write(`${NOT_HERE}\n`);
      return skip(NOT_HERE);
    }

    expect(verdicts.filter(({ status }) => status === 'failed')).toEqual([]);
  } finally {
    await example.close();
  }
});
