import { expect, test } from 'vitest';
import type { ToolHandler } from '../../../src/calls/tool-call.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import type { LoggedCall } from '../../../src/gateway/logs/gateway-log.ts';
import { logCalls } from '../../../src/gateway/logs/log-calls.ts';
import { aCall, anAnswer } from '../../support/tool-calls.ts';

async function logged(innermost: ToolHandler, call = aCall()): Promise<LoggedCall[]> {
  const lines: LoggedCall[] = [];
  const handler = logCalls({ call: (line) => void lines.push(line) })(innermost);
  await handler(call).catch(() => {});
  return lines;
}

test('logs an answer with what layers found out, and nothing of arguments and result', async () => {
  const call = aCall({
    args: { query: 'private-matter' },
    client: { name: 'cursor', version: '1' },
    notes: { attempt: 2, cache: 'miss' },
  });
  const lines = await logged(async (asked) => anAnswer(asked, 'private-answer'), call);

  expect(lines).toEqual([
    {
      corr: call.corr,
      server: 'linear',
      tool: 'search',
      principal: 'local',
      client: 'cursor',
      attempt: 2,
      cache: 'miss',
      outcome: 'ok',
      ms: expect.any(Number),
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain('private');
});

test('logs failures by their code, not their message', async () => {
  const lines = await logged(async () => {
    throw new McpctlError('TOOL_DENIED', 'private-reason');
  });

  expect(lines).toMatchObject([{ outcome: 'denied', errorType: 'TOOL_DENIED' }]);
  expect(JSON.stringify(lines)).not.toContain('private');
});
