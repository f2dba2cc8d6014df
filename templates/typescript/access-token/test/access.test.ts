import { expect, test } from 'vitest';
import { createGate } from '../src/access.ts';
import { ConfigError } from '../src/config-error.ts';

const TOKEN = 'a-token-that-is-long-enough';

const withHeader = (authorization?: string) =>
  new Request('http://localhost/mcp', { headers: authorization ? { authorization } : {} });

test('admits the token and nothing else', async () => {
  const gate = createGate({ MCP_TOKEN: TOKEN });

  expect(await gate.admit(withHeader(`Bearer ${TOKEN}`))).toMatchObject({ clientId: 'token' });
  for (const header of [undefined, 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
    const refusal = await gate.admit(withHeader(header));
    expect(refusal).toBeInstanceOf(Response);
    expect((refusal as Response).status).toBe(401);
  }
});

test('no token, no endpoint', () => {
  expect(() => createGate({ MCP_TOKEN: undefined })).toThrow(ConfigError);
});
