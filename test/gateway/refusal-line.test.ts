import { expect, test } from 'vitest';
import { refusalLine } from '../../src/calls/refusal-line.ts';
import { McpctlError } from '../../src/core/errors.ts';

test('tells code, hint, pause and correlation id, and nothing else of the data', () => {
  const reason = new McpctlError('RATE_LIMITED', 'Too many calls.', {
    hint: 'wait',
    data: { retryAfterMs: 1200, server: 'x', sent: false },
  });

  expect(JSON.parse(refusalLine('"7"', reason, 'abc').toString())).toEqual({
    jsonrpc: '2.0',
    id: '7',
    error: {
      code: -32000,
      message: 'mcpctl: Too many calls. Try: wait',
      data: { code: 'RATE_LIMITED', hint: 'wait', retryAfterMs: 1200, correlationId: 'abc' },
    },
  });
});

test('has no data where there is nothing to say', () => {
  expect(JSON.parse(refusalLine('null', 'Too long.').toString()).error).toEqual({
    code: -32000,
    message: 'Too long.',
  });
});
