import { describe, expect, test } from 'vitest';
import { signInSettingsOf } from '../../src/auth/sign-in-settings-of.ts';
import { vendorOf } from '../../src/auth/vendor.ts';
import { McpctlError } from '../../src/core/errors.ts';
import type { RemoteEntry } from '../../src/manifest/entry.ts';

const KEPT: Record<string, string> = { GITHUB_OAUTH_CLIENT_ID: 'Iv1.known', KEY: 'the key' };

async function settingsFor(entry: RemoteEntry, slug?: string) {
  const catalog = await vendorOf(entry.url, slug);
  return await signInSettingsOf({
    name: 'mine',
    entry,
    ...(catalog && { catalog }),
    resolve: async (values) =>
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => {
          const name = /^\$\{(.+)\}$/.exec(value)?.[1];
          if (name === undefined) return [key, value];
          if (KEPT[name] === undefined) throw new McpctlError('SECRET_MISSING', `${name} is not set`);
          return [key, KEPT[name]];
        }),
      ),
  });
}

describe('settings of a sign-in', () => {
  test('an unknown address gets the rules of the standard', async () => {
    expect(await settingsFor({ url: 'https://mcp.example.com/mcp' })).toEqual({
      name: 'mine',
      url: 'https://mcp.example.com/mcp',
      profile: 'mine',
      grant: 'authorization-code',
      callback: { host: '127.0.0.1', path: '/callback' },
      quirks: {},
    });
  });

  test('the catalog knows where Slack lets a browser come back to, and how to get an app there', async () => {
    const { callback, app } = await settingsFor({ url: 'https://mcp.slack.com/mcp' }, 'slack');

    expect(callback).toEqual({ host: 'localhost', port: 3118, path: '/callback' });
    expect(app?.vendor).toBe('Slack');
    expect(app?.steps.join(' ')).toContain('http://localhost:3118/callback');
  });

  test('what the entry says comes before what the catalog knows', async () => {
    const { callback, app, ...rest } = await settingsFor({
      url: 'https://mcp.slack.com/mcp',
      callbackHost: '127.0.0.1',
      callbackPort: 4000,
      callbackPath: '/back',
      grant: 'device',
      profile: 'work',
      scopes: ['users:read'],
      clientMetadataUrl: 'https://example.com/client.json',
    });

    expect(callback).toEqual({ host: '127.0.0.1', port: 4000, path: '/back' });
    expect(app?.steps.join(' ')).toContain('http://127.0.0.1:4000/back');
    expect(rest).toMatchObject({
      grant: 'device-code',
      profile: 'work',
      scopes: ['users:read'],
      clientMetadataUrl: 'https://example.com/client.json',
    });
  });

  test('a client id by reference is resolved, and one kept nowhere counts as none', async () => {
    const github = { url: 'https://api.githubcopilot.com/mcp/' };
    const reference = {
      clientId: '${GITHUB_OAUTH_CLIENT_ID}',
      clientSecret: '${GITHUB_OAUTH_CLIENT_SECRET}',
    };

    const settings = await settingsFor({ ...github, ...reference });

    expect(settings.clientId).toBe('Iv1.known');
    expect(settings).not.toHaveProperty('clientSecret');
  });

  test('a client’s key by reference is resolved', async () => {
    const entry = {
      url: 'https://mcp.example.com/mcp',
      grant: 'client-credentials',
      clientKey: '${KEY}',
    } as const;

    expect(await settingsFor(entry)).toMatchObject({ grant: 'client-credentials', clientKey: 'the key' });
  });
});

describe('the vendor of an address', () => {
  test.each([
    ['https://mcp.linear.app/mcp', undefined, 'linear'],
    ['https://mcp.linear.app/mcp/readonly', 'linear', 'linear'],
    ['https://myorg-account.snowflakecomputing.com/api/v2/x', undefined, 'snowflake'],
    ['https://copilot-api.octocorp.ghe.com/mcp', 'github', 'github'],
    ['https://mcp.linear.app.evil.example/mcp', 'linear', undefined],
    ['https://evil.example/mcp', 'linear', undefined],
    ['http://mcp.linear.app/mcp', 'linear', undefined],
    ['https://evil.example/.snowflakecomputing.com', 'snowflake', undefined],
    ['https://snowflakecomputing.com/', 'snowflake', undefined],
    ['https://evil.example/mcp', '../../../package', undefined],
    ['https://mcp.linear.app/mcp', 'slack', 'linear'],
  ])('%s, locked as %s, is %s', async (url, slug, expected) => {
    expect((await vendorOf(url, slug))?.slug).toBe(expected);
  });
});
