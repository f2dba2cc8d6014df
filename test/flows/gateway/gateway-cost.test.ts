import { expect, test } from 'vitest';
import { mcpctl, mcpctlJson } from '../../support/cli.ts';
import { gatewayHome } from '../../support/gateway.ts';
import type { Message } from '../../support/gateway-client.ts';
import { fixtureEntry } from '../../support/servers.ts';

test('tells what lists cost, by server, mode and profile, with what policy hides left out', async () => {
  const settings = {
    policy: { deny: ['asks/log'] },
    gateway: { profiles: { echoing: { allow: ['echo'] }, all: { mode: 'search' } } },
  };
  const broken = { command: process.execPath, args: ['-e', 'process.exit(1)'] };
  const home = await gatewayHome({
    servers: { echo: fixtureEntry('echo'), asks: fixtureEntry('asks'), broken },
    settings,
  });

  const { status, document } = await mcpctlJson(['gateway', 'cost'], home);
  const { servers, modes } = document.data as Message;

  expect(status).toBe(5);
  expect(servers.map(({ server, error }: Message) => [server, error?.code ?? null])).toEqual([
    ['echo', null],
    ['asks', null],
    ['broken', expect.any(String)],
  ]);
  const [echo, asks] = servers;
  expect(asks.tools).toBe(2);
  const [full, search, echoing, all] = modes;
  expect(full).toMatchObject({
    mode: 'full',
    tools: echo.tools + 2,
    share: 1,
    tokens: echo.tokens + asks.tokens,
  });
  expect(search).toMatchObject({ mode: 'search', tools: 2, behind: full.tools });
  expect(echoing).toMatchObject({ profile: 'echoing', mode: 'full', tools: echo.tools, tokens: echo.tokens });
  expect(all).toMatchObject({ profile: 'all', mode: 'search', tools: 2, behind: full.tools });

  // Known by now: only what could not be listed is started.
  const { stdout } = await mcpctl(['gateway', 'cost', '--server', 'echo'], home);
  expect(stdout).toMatch(/^full\s+\d+\s+\d+\s+100 %/m);
  expect(stdout).toMatch(/^profile echoing \(full\)/m);
  expect((await mcpctl(['info', 'echo'], home)).stdout).toMatch(/about \d+ tokens in every conversation/);
  expect((await mcpctl(['tools', 'echo'], home)).stdout).toMatch(/About \d+ tokens in every conversation/);
  expect((await mcpctlJson(['gateway', 'cost', '--server', 'nope'], home)).document.error?.code).toBe(
    'SERVER_UNKNOWN',
  );
});
