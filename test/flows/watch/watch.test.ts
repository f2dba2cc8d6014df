import { once } from 'node:events';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, mcpctl, start } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { startGatewayIn, writeSettings } from '../../support/gateway.ts';
import { scriptedServer, spawnEverything } from '../../support/http-servers.ts';
import { fixtureEntry, fixturePath, writeManifest } from '../../support/servers.ts';
import { answerAsServer, beginRun, callText, moodIn, startWatch } from '../../support/watching.ts';

const FAST = { intervalMs: 1000, timeoutMs: 1000 };

async function homeWith(
  servers: Record<string, object>,
  watch: object = FAST,
  settings: object = {},
): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(home.home, servers);
  await writeSettings(home, { watch, limits: { perMinute: 0 }, ...settings });
  return home;
}

/** `moody` in a run, watched. */
async function moodyRun(watch: object = FAST, settings: object = {}) {
  const home = await homeWith({}, watch, settings);
  const mood = moodIn(home);
  await mood.become({});
  await writeManifest(home.home, { subject: fixtureEntry('moody', { MOOD: mood.file }) });
  const client = await beginRun(home, 'subject');
  const watching = startWatch(home);
  const first = await watching.until('subject', ({ state }) => state === 'healthy');
  const pid = Number(await callText(client, 'pid', 'pid'));
  return { home, mood, client, watching, first, pid };
}

test('a program that is killed is seen at once and works again', async () => {
  const { client, watching, first, pid } = await moodyRun({ intervalMs: 600_000 });
  expect(first).toMatchObject({
    era: 'legacy',
    restarts: 0,
    tools: { offered: 1 },
    owners: [{ kind: 'run' }],
  });
  process.kill(pid, 'SIGKILL');

  const down = await watching.until('subject', ({ state }) => state === 'starting');
  expect(down.reason?.code).toBe('SERVER_EXITED');
  const again = await watching.next(
    'subject',
    ({ state, restarts }) => state === 'healthy' && restarts === 1,
  );
  expect(Date.parse(again.since) - Date.parse(down.since)).toBeLessThan(10_000);
  expect(watching.states('subject')).toEqual(['healthy', 'starting', 'healthy']);
  expect(await callText(client, 'again', 'pid')).not.toBe(String(pid));
  expect(await watching.stop()).toBe(0);
});

test('a program that hangs is found by probes and restarted where it runs', async () => {
  const { client, watching, pid } = await moodyRun();
  process.kill(pid, 'SIGSTOP');

  const hung = await watching.until('subject', ({ state }) => state === 'degraded');
  expect(hung).toMatchObject({ reason: { code: 'SERVER_TIMEOUT' }, probe: { ok: false } });
  await watching.next('subject', ({ state, restarts }) => state === 'healthy' && restarts === 1);
  expect(watching.states('subject')).not.toContain('failed');
  expect(await callText(client, 'again', 'pid')).not.toBe(String(pid));
});

test('a program that is deaf while it works on a call is left alone', async () => {
  const { mood, client, watching, pid } = await moodyRun();
  await mood.become({ blocksMs: 6000 });
  const answer = callText(client, 'long', 'pid');
  const busy = await watching.until('subject', ({ state }) => state === 'degraded');
  expect(busy.reason).toMatchObject({
    code: 'SERVER_SLOW',
    message: expect.stringContaining('works on a call'),
  });

  const again = watching.next('subject', ({ state }) => state === 'healthy');
  expect(await answer).toBe(String(pid));
  await again;
  // What was asked meanwhile is answered late, and is nothing of the client's.
  expect(client.lines.join('\n')).not.toContain('mcpctl-probe');
  expect(watching.states('subject')).toEqual(['healthy', 'degraded', 'healthy']);
  expect(watching.seen().at(-1)?.servers[0]?.restarts).toBe(0);
});

test('a program that hangs is restarted although there is always a call under way', async () => {
  const { client, watching, pid } = await moodyRun(FAST, {
    timeouts: { toolMs: 2000 },
    breaker: { enabled: false },
  });
  process.kill(pid, 'SIGSTOP');
  let calls = 0;
  const calling = setInterval(() => {
    calls += 1;
    client.send({ id: `call-${calls}`, method: 'tools/call', params: { name: 'pid', arguments: {} } });
  }, 500);
  onTestFinished(() => clearInterval(calling));

  await watching.until('subject', ({ reason }) => reason?.code === 'SERVER_SLOW');
  await watching.next('subject', ({ state, restarts }) => state === 'healthy' && restarts === 1);
  expect(watching.states('subject')).not.toContain('failed');
});

test('a program is not restarted because the process that asks it was held up', async () => {
  const { mood, client, watching, pid } = await moodyRun({ ...FAST, failures: 1 });
  await mood.become({ delayMs: 400 });
  for (let round = 0; round < 4; round += 1) {
    client.child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1800));
    client.child.kill('SIGCONT');
    expect(await callText(client, `round ${round}`, 'pid')).toBe(String(pid));
    // Another probe begins.
    await new Promise((resolve) => setTimeout(resolve, 1200));
  }

  expect(await callText(client, 'same', 'pid')).toBe(String(pid));
  expect(watching.seen().at(-1)?.servers[0]?.restarts).toBe(0);
});

test('slow answers make a server degraded, and quick ones healthy again', async () => {
  const { mood, watching } = await moodyRun({ ...FAST, timeoutMs: 5000, slowMs: 300 });
  await mood.become({ delayMs: 600 });
  const slow = await watching.until('subject', ({ state }) => state === 'degraded');
  expect(slow).toMatchObject({ reason: { code: 'SERVER_SLOW' }, probe: { ok: true } });
  expect(slow.probe?.ms).toBeGreaterThan(300);

  await mood.become({});
  await watching.next('subject', ({ state }) => state === 'healthy');
  expect(watching.states('subject')).toEqual(['healthy', 'degraded', 'healthy']);
});

test('a program that ends at every start is failed, and restarted no more', async () => {
  const { home, mood, watching, pid } = await moodyRun();
  await mood.become({ exits: true });
  process.kill(pid, 'SIGKILL');
  const failed = await watching.until('subject', ({ state }) => state === 'failed');
  expect(failed.reason?.code).toBe('SERVER_CRASH_LOOP');
  expect(failed.reason?.message).toContain('in a bad mood');

  await mood.become({});
  const again = watching.next('subject', ({ state }) => state === 'healthy');
  expect((await mcpctl(['restart', 'subject'], home)).status).toBe(0);
  await again;
});

test('a program that speaks another protocol after its restart is not healthy', async () => {
  const { mood, watching, pid } = await moodyRun();
  await mood.become({ version: '2031-01-01' });
  process.kill(pid, 'SIGKILL');
  const wrong = await watching.until('subject', ({ reason }) => reason?.code === 'SERVER_PROTOCOL');
  expect(wrong.state).toBe('starting');
  const failed = await watching.until('subject', ({ state }) => state === 'failed');
  expect(failed.reason?.message).toContain('2031-01-01');
});

test('a program without its tools after a restart is not healthy', async () => {
  const home = await homeWith({});
  const hidden = join(home.home, 'hide');
  const env = { LEDGER: join(home.home, 'ledger'), HIDE_TOOLS: hidden };
  await writeManifest(home.home, {
    subject: { command: process.execPath, args: [fixturePath('ledger')], env },
  });
  const client = await beginRun(home, 'subject');
  const watching = startWatch(home);
  await watching.until('subject', ({ state, tools }) => state === 'healthy' && tools.offered !== null);
  await writeFile(hidden, '');
  const pid = /by (\d+)/.exec(await callText(client, 'pid', 'look'))?.[1];
  process.kill(Number(pid), 'SIGKILL');
  const bare = await watching.until('subject', ({ reason }) => reason?.code === 'SERVER_NO_TOOLS');
  expect(bare.state).toBe('starting');
  await watching.until('subject', ({ state }) => state === 'failed');
});

test('a host that is gone is degraded, then failed, and healthy when it is back', async () => {
  const port = await freePort();
  const first = await spawnEverything('streamableHttp', port);
  const home = await homeWith({ far: { url: `http://localhost:${port}/mcp` } });
  const watching = startWatch(home);
  await watching.until('far', ({ state, tools }) => state === 'healthy' && tools.offered !== null);
  first.child.kill('SIGKILL');
  await once(first.child, 'close');

  const gone = await watching.until('far', ({ state }) => state === 'degraded');
  expect(gone.reason?.code).toBe('SERVER_UNREACHABLE');
  await watching.until('far', ({ state }) => state === 'failed');
  const { child } = await spawnEverything('streamableHttp', port);
  onTestFinished(() => void child.kill('SIGKILL'));
  await watching.next('far', ({ state }) => state === 'healthy');
});

test('a run whose token is refused needs a sign-in, which is not down', async () => {
  let isExpired = false;
  const site = await scriptedServer((received, response) => {
    if (!isExpired) return answerAsServer(received, response);
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
  });
  const home = await homeWith({ far: { url: `${site.origin}/mcp` } });
  const client = await beginRun(home, 'far');
  const watching = startWatch(home);
  expect(await watching.until('far', ({ state }) => state === 'healthy')).toMatchObject({
    transport: 'http',
    era: 'legacy',
  });
  isExpired = true;
  const refused = await watching.until('far', ({ state }) => state === 'needs-auth');
  expect(refused.reason?.code).toBe('SIGN_IN_NEEDED');

  isExpired = false;
  await watching.next('far', ({ state }) => state === 'healthy');
  expect(watching.states('far')).toEqual(['healthy', 'needs-auth', 'healthy']);
  await client.end();
});

test('a gateway is asked for its servers: those it never started are dormant, those that hang are restarted', async () => {
  const home = await homeWith({});
  const mood = moodIn(home);
  await mood.become({});
  await writeManifest(home.home, {
    subject: fixtureEntry('moody', { MOOD: mood.file }),
    modern: fixtureEntry('modern'),
    unused: fixtureEntry('echo'),
  });
  const gateway = await startGatewayIn(home, ['--no-token', '--server', 'subject', 'modern', 'unused']);
  const ask = async (method: string, params: object): Promise<string> => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...('name' in params && { 'mcp-name': String(params.name) }),
    };
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '0' },
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } });
    return await (await fetch(gateway.url, { method: 'POST', headers, body })).text();
  };
  const watching = startWatch(home);
  await watching.until('unused', ({ state, owners }) => state === 'dormant' && owners.length === 1);
  await ask('tools/call', { name: 'modern__echo', arguments: { message: 'x' } });
  const pid = /"text":"(\d+)"/.exec(await ask('tools/call', { name: 'subject__pid', arguments: {} }))?.[1];
  await watching.until('modern', ({ state, era }) => state === 'healthy' && era === 'modern');
  await watching.until('subject', ({ state, probe }) => state === 'healthy' && probe?.ok === true);

  process.kill(Number(pid), 'SIGSTOP');
  await watching.until('subject', ({ state }) => state === 'degraded');
  await watching.next('subject', ({ state, restarts }) => state === 'healthy' && restarts === 1);
  expect(watching.states('modern')).not.toContain('degraded');
});

test('a server that is disabled or of a project is not started', async () => {
  const home = await homeWith({ off: { ...fixtureEntry('crash'), disabled: true } });
  const project = join(home.home, 'project');
  const marker = join(project, 'started');
  await mkdir(join(project, '.claude'), { recursive: true });
  const script = `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`;
  await writeFile(
    join(project, '.claude', 'claude_desktop_config.json'),
    JSON.stringify({ mcpServers: { cloned: { command: process.execPath, args: ['-e', script] } } }),
  );
  const { status } = await mcpctl(['status'], { ...home, cwd: project });
  expect(status).toBe(0);
  await expect(access(marker)).rejects.toThrow();

  expect((await mcpctl(['status', '--server', 'cloned'], { ...home, cwd: project })).status).toBe(5);
  await access(marker);
});

test('without --json there is a line for each change', async () => {
  const home = await homeWith({});
  const mood = moodIn(home);
  await mood.become({});
  await writeManifest(home.home, { subject: fixtureEntry('moody', { MOOD: mood.file }) });
  const client = await beginRun(home, 'subject');
  const child = start(['watch'], home);
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  const says = async (wanted: RegExp): Promise<void> => {
    while (!wanted.test(text)) text += String((await once(child.stdout ?? child, 'data'))[0]);
  };
  await says(/subject healthy\n/);
  process.kill(Number(await callText(client, 'pid', 'pid')), 'SIGKILL');
  await says(/subject healthy → starting: The server subject was ended by SIGKILL\..*\n/);
  await says(/subject starting → healthy\n.* subject was started again/);
});
