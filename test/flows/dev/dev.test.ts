import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson, start } from '../../support/cli.ts';
import { isThere } from '../../support/is-there.ts';
import { initialize, type LineClient, lineClient } from '../../support/line-client.ts';
import { fixturePath, writeManifest } from '../../support/servers.ts';

/** A server that says one word, in one tool. */
const code = (word: string, tool = 'say') => `
import { serve, text, tool } from ${JSON.stringify(fixturePath('lib'))};
serve({ tools: [tool(${JSON.stringify(tool)})], call: () => text(${JSON.stringify(word)}) });
`;

interface Scene extends Home {
  readonly folder: string;
  write(path: string, text: string): Promise<void>;
}

/** A project that is started as it is, in an empty home. */
async function project(pkg: object = { name: 'weather', bin: 'server.mjs' }): Promise<Scene> {
  const home = await emptyHome();
  const folder = join(home.home, 'weather');
  await mkdir(join(folder, 'src'), { recursive: true });
  const write = (path: string, text: string) => writeFile(join(folder, path), text);
  await write('package.json', JSON.stringify(pkg));
  await write('server.mjs', code('one'));
  return { ...home, folder, write };
}

interface Dev {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Waits for what it says. */
  says(what: RegExp, times?: number): Promise<void>;
  /** Ctrl-C; settles with the exit status. */
  stop(): Promise<number | null>;
}

async function dev(scene: Scene, ...args: string[]): Promise<Dev> {
  const child = start(['dev', './weather', ...args], scene);
  const closed = once(child, 'close');
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return {
    child,
    said: () => text,
    async says(what, times = 1) {
      const every = new RegExp(what, 'g');
      await expect
        .poll(() => text.match(every)?.length ?? 0, { message: `${what}\n${text}` })
        .toBeGreaterThanOrEqual(times);
    },
    async stop() {
      child.kill('SIGINT');
      return (await closed)[0];
    },
  };
}

/** What a client does: starts the server by its managed entry. */
async function session(scene: Scene, server = 'weather'): Promise<LineClient> {
  const client = lineClient(start(['run', server], scene));
  client.send(initialize('hello'));
  await client.answer('hello');
  client.send({ method: 'notifications/initialized' });
  client.send({ id: 'list', method: 'tools/list' });
  await client.answer('list');
  onTestFinished(async () => void (await client.end()));
  return client;
}

async function call(client: LineClient, id: string, name = 'say'): Promise<string> {
  client.send({ id, method: 'tools/call', params: { name, arguments: {} } });
  const { result, error } = JSON.parse(await client.answer(id));
  return result?.content[0].text ?? error.message;
}

const manifestOf = (scene: Scene) => join(scene.home, '.config/claude/claude_desktop_config.json');
const clientOf = (scene: Scene) => join(scene.home, '.claude.json');

test('a change reaches the session that is open, calls are told, and Ctrl-C takes everything out again', async () => {
  const scene = await project();
  await writeManifest(scene.home, { other: { command: 'other', args: [] } });
  const before = '{\n  "numStartups": 3,\n  "mcpServers": {}\n}\n';
  await writeFile(clientOf(scene), before);
  const manifest = await readFile(manifestOf(scene), 'utf8');

  const running = await dev(scene, '--client', 'claude-code');
  await running.says(/watching/);
  expect(running.said()).toMatch(/weather works, \d+ ms; tools say/);
  expect(running.said()).toContain('say: it has no readOnlyHint');
  expect(Object.keys(JSON.parse(await readFile(clientOf(scene), 'utf8')).mcpServers)).toEqual(['weather']);

  const client = await session(scene);
  expect(await call(client, 'c1')).toBe('one');
  await running.says(/say \d+ ms ok \(test\)/);

  await scene.write('server.mjs', code('two', 'tell'));
  await running.says(/reloaded in [\d.]+ s, 1 session; tools \+tell -say/);
  expect(await call(client, 'c2', 'tell')).toBe('two');
  await client.line((line) => line.includes('tools/list_changed'));

  expect(await running.stop()).toBe(0);
  expect(running.said()).toMatch(/weather: 1 reload, 0 changes that did not work, \d calls?/);
  expect(await readFile(manifestOf(scene), 'utf8')).toBe(manifest);
  expect(await readFile(clientOf(scene), 'utf8')).toBe(before);
});

test('code that does not start is told, and the session keeps what it has', async () => {
  const scene = await project();
  const running = await dev(scene);
  await running.says(/watching/);
  const client = await session(scene);

  await scene.write('server.mjs', 'this is no code');
  await running.says(/✗ [\s\S]*sessions keep what they had/);
  expect(await call(client, 'c1')).toBe('one');

  await scene.write('server.mjs', code('two'));
  await running.says(/reloaded/);
  expect(await call(client, 'c2')).toBe('two');
  expect(await running.stop()).toBe(0);
});

test('a project with a build script is built first, and a build that fails changes nothing', async () => {
  const build = 'grep -q broken src/server.mjs && exit 1; mkdir -p out && cp src/server.mjs out/server.mjs';
  const scene = await project({ name: 'weather', bin: 'out/server.mjs', scripts: { build } });
  await scene.write('src/server.mjs', code('one'));
  const running = await dev(scene);
  await running.says(/watching/);
  const client = await session(scene);
  expect(await call(client, 'c1')).toBe('one');

  await scene.write('src/server.mjs', '// broken');
  await running.says(/npm run --silent build ended with 1/);
  expect(await call(client, 'c2')).toBe('one');

  await scene.write('src/server.mjs', code('two'));
  await running.says(/reloaded/);
  expect(await call(client, 'c3')).toBe('two');
  // What the build writes is no change.
  expect(running.said().match(/changed/g)).toHaveLength(2);
  expect(await running.stop()).toBe(0);
});

/** A server that tells its variables. */
const telling = `
import { serve, text, tool } from ${JSON.stringify(fixturePath('lib'))};
const { API_TOKEN, REGION } = process.env;
serve({ tools: [tool('say')], call: () => text(JSON.stringify({ API_TOKEN, REGION, args: process.argv.slice(2) })) });
`;

test("the project's .env is read, again after a change, and its values stand nowhere else", async () => {
  const scene = await project();
  await scene.write('server.mjs', telling);
  await scene.write('.env', 'API_TOKEN=first-token-4711\nEMPTY=\n');

  const running = await dev(scene);
  await running.says(/watching/);
  expect(JSON.parse(await call(await session(scene), 'c1'))).toEqual({
    API_TOKEN: 'first-token-4711',
    args: [],
  });

  await scene.write('.env', 'API_TOKEN=second-token-4712\nREGION=north\n');
  await running.says(/changed .env[\s\S]*reloaded/);
  const changed = { API_TOKEN: 'second-token-4712', REGION: 'north', args: [] };
  expect(JSON.parse(await call(await session(scene), 'c2'))).toEqual(changed);

  const manifest = await readFile(manifestOf(scene), 'utf8');
  expect(manifest).toContain(`\${file:${join(scene.folder, '.env')}#API_TOKEN}`);
  for (const text of [manifest, running.said()]) expect(text).not.toMatch(/-token-47/);
  expect(await running.stop()).toBe(0);
});

test('a variable that is missing is named with the file it may stand in, and found there', async () => {
  const scene = await project();
  await scene.write('server.mjs', telling);
  const environmentVariables = [{ name: 'API_TOKEN', isRequired: true, isSecret: true }];
  const packages = [{ registryType: 'npm', identifier: 'weather', environmentVariables }];
  await scene.write('server.json', JSON.stringify({ name: 'io.example/weather', packages }));

  const running = await dev(scene);
  await running.says(/weather needs API_TOKEN[\s\S]*Or write it into .*weather\/\.env\n[\s\S]*watching/);
  await scene.write('.env', 'API_TOKEN=late-token-4713\n');
  await running.says(/reloaded/);
  const said = JSON.parse(await call(await session(scene), 'c1'));
  expect(said).toMatchObject({ API_TOKEN: 'late-token-4713' });
  expect(await running.stop()).toBe(0);
});

test('--env-file names another file, a variable of the command line comes last', async () => {
  const scene = await project();
  await scene.write('server.mjs', telling);
  await scene.write('.env', 'API_TOKEN=of-the-env-file\n');
  await writeFile(join(scene.home, 'other.env'), 'API_TOKEN=of-the-other-file\nREGION=north\n');

  const running = await dev(scene, '--env-file', 'other.env', '-e', 'REGION=south');
  await running.says(/watching/);

  const said = JSON.parse(await call(await session(scene), 'c1'));
  expect(said).toEqual({ API_TOKEN: 'of-the-other-file', REGION: 'south', args: [] });
  expect(await running.stop()).toBe(0);
});

test('a file of --env-file that is not there is named, and nothing is left behind', async () => {
  const scene = await project();

  const { status, stdout, stderr } = await mcpctl(['dev', './weather', '--env-file', 'nothing.env'], scene);

  expect(status).not.toBe(0);
  // Node 20 reads the flag itself, wherever it stands, and ends before we begin.
  expect(stdout + stderr).toContain('nothing.env');
  expect(await isThere(manifestOf(scene))).toBe(false);
});

test('a Python project is started from its virtual environment, and again after a change', async () => {
  const scene = await project();
  const python = (word: string) => `
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    results = {
        "initialize": lambda: {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}},
                               "serverInfo": {"name": "weather", "version": "1"}},
        "tools/list": lambda: {"tools": [{"name": "say", "inputSchema": {"type": "object"}}]},
        "tools/call": lambda: {"content": [{"type": "text", "text": "${word}"}]},
        "ping": lambda: {},
    }
    if "id" in message and message.get("method") in results:
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": results[message["method"]]()}), flush=True)
`;
  const program = join(scene.folder, '.venv/bin/weather');
  await mkdir(join(program, '..'), { recursive: true });
  await writeFile(program, `#!/bin/sh\nexec python3 ${join(scene.folder, 'weather.py')}\n`);
  await chmod(program, 0o755);
  await rm(join(scene.folder, 'package.json'));
  await scene.write(
    'pyproject.toml',
    '[project]\nname = "weather"\n\n[project.scripts]\nweather = "weather:main"\n',
  );
  await scene.write('weather.py', python('one'));

  const running = await dev(scene);
  await running.says(/watching/);
  const client = await session(scene);
  expect(await call(client, 'c1')).toBe('one');
  await scene.write('weather.py', python('two'));
  await running.says(/reloaded/);
  expect(await call(client, 'c2')).toBe('two');
  expect(await running.stop()).toBe(0);
});

test.each([
  ['dev', ['dev', './weather', '--dry-run'], false],
  ['sync', ['sync', '--yes', '--client', 'claude-code'], true],
  ['doctor --fix', ['doctor', '--only', 'manifest', '--offline', '--fix', '--yes'], true],
] as const)('what a dev left that was killed, the next %s takes out', async (_name, args, isTakenOut) => {
  const scene = await project();
  const running = await dev(scene, '--client', 'claude-code');
  await running.says(/watching/);
  running.child.kill('SIGKILL');
  await once(running.child, 'close');
  expect(await readFile(clientOf(scene), 'utf8')).toContain('weather');

  const { stdout, stderr } = await mcpctl(args, scene);

  if (!isTakenOut) {
    expect(await isThere(manifestOf(scene))).toBe(true);
    const again = await dev(scene);
    await again.says(/Took out weather[\s\S]*watching/);
    expect(await again.stop()).toBe(0);
  } else expect(`${stdout}${stderr}`).toMatch(/Took out weather|1 fix applied/);
  expect(await isThere(manifestOf(scene))).toBe(false);
  // It was not there before.
  expect(await isThere(clientOf(scene))).toBe(false);
});

test('doctor names what a dev left that was killed, and changes nothing unasked', async () => {
  const scene = await project();
  const running = await dev(scene, '--client', 'claude-code');
  await running.says(/watching/);
  running.child.kill('SIGKILL');
  await once(running.child, 'close');
  const before = await Promise.all([readFile(manifestOf(scene), 'utf8'), readFile(clientOf(scene), 'utf8')]);

  const { status, document } = await mcpctlJson(['doctor', '--only', 'manifest', '--offline'], scene);

  expect(status).toBe(0);
  expect(document.data.findings).toContainEqual(
    expect.objectContaining({ code: 'DEV_LEFTOVER', severity: 'warning', subject: 'weather' }),
  );
  const after = await Promise.all([readFile(manifestOf(scene), 'utf8'), readFile(clientOf(scene), 'utf8')]);
  expect(after).toEqual(before);
});

test('--dry-run says what would be done and does nothing', async () => {
  const scene = await project({ name: 'weather', bin: 'dist/main.js', scripts: { build: 'exit 1' } });

  const { document } = await mcpctlJson(['dev', './weather', '--client', 'cursor', '--dry-run'], scene);

  expect(document.data).toMatchObject({
    server: 'weather',
    folder: scene.folder,
    language: 'javascript',
    build: 'npm run --silent build',
    clients: ['cursor'],
    dryRun: true,
  });
  expect(await isThere(manifestOf(scene))).toBe(false);
});

test('a server of the same name keeps its name', async () => {
  const scene = await project();
  await writeManifest(scene.home, { weather: { command: 'other', args: [] } });

  const { document } = await mcpctlJson(['dev', './weather', '--dry-run'], scene);
  expect(document.data.server).toBe('weather-dev');

  const refused = await mcpctlJson(['dev', './weather', '--name', 'weather', '--dry-run'], scene);
  expect(refused.document.error).toMatchObject({ code: 'USAGE', hint: '--name weather-two' });
});

test.each([
  [['dev', './nothing'], 'NOT_A_SERVER'],
  [['dev', './weather', '--client', 'no-such-client'], 'CLIENT_UNKNOWN'],
  [['dev', './weather', '--name', 'No Name'], 'SERVER_NAME_INVALID'],
  [['dev', './weather', '-e', 'API_TOKEN=8sKd93jfLq02mZx7Yw5Tg1Rb'], 'SECRET_ON_COMMAND_LINE'],
])('refuses %j and leaves nothing behind', async (args, code) => {
  const scene = await project();

  const { status, document } = await mcpctlJson(args, scene);

  expect(status).not.toBe(0);
  expect(document.error?.code).toBe(code);
  expect(await isThere(manifestOf(scene))).toBe(false);
});
