import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, mcpctlJson } from '../../support/cli.ts';
import { startInternet } from '../../support/oauth/internet.ts';
import { startProtectedServer } from '../../support/oauth/protected-server.ts';

/** Linear's address, where one key is good. */
async function linear() {
  const server = await startProtectedServer({
    issuers: ['https://mcp.linear.app'],
    publicOrigin: 'https://mcp.linear.app',
    path: '/mcp/readonly',
    verify: async (token) =>
      token === 'good-key-of-a-test' ? { subject: 'ada', scopes: ['read'] } : undefined,
  });
  onTestFinished(server.close);
  return { server, internet: await startInternet({ 'mcp.linear.app': server.port }) };
}

test('a key in place of a sign-in is sent as the vendor wants it, and proves itself at once', async () => {
  const { server, internet } = await linear();
  const home = await emptyHome({ ...internet.env, LINEAR_API_KEY: 'good-key-of-a-test' });
  const { status, document } = await mcpctlJson(['add', 'linear', '--auth', 'api-key', '--yes'], home);

  expect({ status, added: document.data?.added }).toMatchObject({
    status: 0,
    added: [{ name: 'linear', entry: { headers: { Authorization: 'Bearer ${LINEAR_API_KEY}' } } }],
  });
  expect(document.data.added[0].tools.length).toBeGreaterThan(0);
  expect(new Set(server.tokens())).toEqual(new Set(['Bearer good-key-of-a-test']));
});

test('a key that is refused adds nothing, and says where to get another', async () => {
  const { internet } = await linear();
  const home = await emptyHome({ ...internet.env, LINEAR_API_KEY: 'bad-key-of-a-test' });
  const { status, document, stdout } = await mcpctlJson(
    ['add', 'linear', '--auth', 'api-key', '--yes'],
    home,
  );

  expect({ status, error: document.error }).toMatchObject({
    status: 4,
    error: {
      code: 'SIGN_IN_NEEDED',
      message: expect.stringContaining('refuses the key'),
      hint: expect.stringContaining('mcpctl secret set LINEAR_API_KEY'),
    },
  });
  expect(stdout).not.toContain('bad-key-of-a-test');
  expect((await mcpctlJson(['list'], home)).document.data.servers ?? []).toEqual([]);
});
