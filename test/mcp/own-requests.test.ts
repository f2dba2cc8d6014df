import { expect, test } from 'vitest';
import { McpctlError } from '../../src/core/errors.ts';
import { createOwnRequests } from '../../src/mcp/supervise/own-requests.ts';

test('a server that is gone is asked nothing more, and nobody waits for its answer', async () => {
  const sent: string[] = [];
  const own = createOwnRequests({ server: 'demo', send: (bytes) => void sent.push(String(bytes)) });
  const before = own.ask('tools/list', {});

  own.lost(new McpctlError('SERVER_EXITED', 'demo exited with status 1.'));
  const after = own.ask('tools/list', {});

  await expect(before).rejects.toMatchObject({ code: 'SERVER_EXITED' });
  await expect(after).rejects.toMatchObject({ code: 'SERVER_EXITED' });
  expect(sent).toHaveLength(1);
});
