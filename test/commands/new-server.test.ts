import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, MCPCTL, mcpctl, mcpctlJson, temporaryFolder } from '../support/cli.ts';
import { runIn } from '../support/run-in.ts';
import { terminal } from '../support/terminal.ts';

const run = promisify(execFile);

const PETS = `
openapi: 3.0.3
info: { title: Pets, version: "1" }
servers: [{ url: https://pets.example/v1 }]
paths:
  /pets:
    get: { operationId: listPets, responses: { "200": { description: ok } } }
    post: { operationId: addPet, responses: { "201": { description: ok } } }
  /photos:
    post:
      requestBody: { required: true, content: { image/png: {} } }
      responses: { "200": { description: ok } }
`;

test('--dry-run lists the files with their sizes and writes none', async () => {
  const home = await emptyHome();

  const { status, stdout } = await mcpctl(['new-server', 'weather', '--yes', '--dry-run'], home);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^ +\d+ {2}src\/main\.ts$/m);
  expect(stdout).toContain('Nothing was done');
  expect(await readdir(home.home)).toEqual([]);
});

test('makes a folder and says how to go on, in three commands', async () => {
  const home = await emptyHome();
  await mkdir(join(home.home, 'tools'));

  const { status, stdout } = await mcpctl(
    ['new-server', 'tools/weather', '--yes', '--transport', 'http'],
    home,
  );

  expect(status).toBe(0);
  expect(stdout.slice(stdout.indexOf('next:')).trim().split('\n').slice(1)).toEqual([
    '  npm --prefix ./tools/weather install && npm --prefix ./tools/weather test',
    '  mcpctl add ./tools/weather --arg=--stdio',
    '  mcpctl call weather convert_length value:=1 from=mi to=km',
  ]);
  expect(await readdir(join(home.home, 'tools'))).toEqual(['weather']);
  expect(await readdir(join(home.home, 'tools/weather'))).toContain('Dockerfile');
});

test('the command that adds it hands over what it needs', async () => {
  const home = await emptyHome();
  const next = async (...args: string[]) =>
    (await mcpctlJson(['new-server', 'mine', '--yes', '--dry-run', ...args], home)).document.data.next[1];

  expect(await next('--wraps', 'postgres')).toBe("mcpctl add ./mine -e 'DATABASE_URL=${DATABASE_URL}'");
  expect(await next('--api-url', 'https://api.example.com')).toBe(
    "mcpctl add ./mine -e 'API_TOKEN=${API_TOKEN}'",
  );
  expect(await next('--program', 'git')).toBe('mcpctl add ./mine');
});

test('says how to go on in Python, with what the machine has', async () => {
  const home = await emptyHome();

  const { document } = await mcpctlJson(
    ['new-server', 'weather', '--language', 'python', '--yes', '--dry-run'],
    home,
  );

  const { next, files, language } = document.data;
  expect(language).toBe('python');
  expect(next[0]).toMatch(/^(uv run --directory \.\/weather pytest|cd \.\/weather && python3 -m venv)/);
  expect(next.slice(1)).toEqual([
    'mcpctl add ./weather',
    'mcpctl call weather convert_length value:=1 from_unit=mi to_unit=km',
  ]);
  expect(files).toContainEqual({ path: 'src/weather_server/main.py', bytes: expect.any(Number) });
});

test('--json says what was made', async () => {
  const home = await emptyHome();

  const { document } = await mcpctlJson(
    ['new-server', 'weather', '--yes', '--namespace', 'io.github.ada'],
    home,
  );

  expect(document.data).toMatchObject({
    name: 'weather',
    registryName: 'io.github.ada/weather',
    wraps: 'nothing',
    folder: join(home.home, 'weather'),
    done: ['written'],
    server: 'weather',
  });
  expect(document.data.next).toHaveLength(3);
  expect(document.data.files).toContainEqual({ path: 'src/main.ts', bytes: expect.any(Number) });
});

test.each([
  [['My_Server'], 'SERVER_NAME_INVALID'],
  [['constructor'], 'SERVER_NAME_INVALID'],
  [['weather', '--namespace', 'nobody'], 'USAGE'],
  [['weather', '--wraps', 'magic'], 'USAGE'],
  [['weather', '--openapi', 'none.yaml'], 'FILE_UNREADABLE'],
])('refuses %j', async (args, code) => {
  const home = await emptyHome();

  const { status, document } = await mcpctlJson(['new-server', ...args, '--yes'], home);

  expect(status).not.toBe(0);
  expect(document.error?.code).toBe(code);
  expect(await readdir(home.home)).toEqual([]);
});

test('names the flags where nobody can be asked', async () => {
  const home = await emptyHome();

  const { document } = await mcpctlJson(['new-server', 'weather'], home);

  expect(document.error).toMatchObject({
    code: 'CONFIRMATION_NEEDED',
    hint: expect.stringContaining('--wraps'),
  });
});

test('asks in a terminal, one question after the other', async () => {
  const home = await emptyHome();
  const { shows, press, paste } = await terminal(
    home,
    `unset CI; export HOME=${home.home}; cd ${home.home}; ${process.execPath} ${MCPCTL} new-server; sleep 600`,
  );

  await shows('What is the server called?');
  await paste('The Weather');
  await press('Enter');
  await shows('is not 1-30 lower-case letters, digits and hyphens');
  await press('C-u');
  await paste('weather');
  await press('Enter');
  await shows('What does the server wrap?');
  await press('Down');
  await press('Enter');
  await shows('Where does every path of the API begin?');
  await paste('https://weather.example/v2');
  await press('Enter');
  await shows('In which language is it written?');
  await press('Enter');
  await shows('How do clients reach it?');
  await press('Down');
  await press('Enter');
  await shows('How do callers over HTTP show who they are?');
  await press('Down');
  await press('Enter');
  await shows('Which licence?');
  await press('Enter');

  await shows('mcpctl add ./weather --arg=--stdio');
  expect(await readFile(join(home.home, 'weather/src/access.ts'), 'utf8')).toContain('MCP_TOKEN');
  const example = await readFile(join(home.home, 'weather/.env.example'), 'utf8');
  expect(example).toContain('https://weather.example/v2');
});

test('a name that cannot be one is refused with the nearest that can', async () => {
  const { document } = await mcpctlJson(['new-server', 'My Server', '--yes'], await emptyHome());

  expect(document.error).toMatchObject({
    code: 'SERVER_NAME_INVALID',
    hint: 'Choose a name such as my-server: mcpctl new-server my-server',
  });
});

test('a filled folder is left alone', async () => {
  const home = await emptyHome();
  await mkdir(join(home.home, 'weather'));
  await writeFile(join(home.home, 'weather', 'README.md'), 'mine\n');

  const refused = await mcpctlJson(['new-server', 'weather', '--yes'], home);
  expect(refused.document.error?.code).toBe('NEW_SERVER_EXISTS');
  expect(await readdir(join(home.home, 'weather'))).toEqual(['README.md']);

  const forced = await mcpctl(['new-server', 'weather', '--yes', '--force'], home);
  expect(forced.status).toBe(0);
  expect(await readFile(join(home.home, 'weather', 'README.md'), 'utf8')).toContain('# Weather');
});

test('--git makes a repository that ignores what it should', async () => {
  const home = await emptyHome();

  const { document } = await mcpctlJson(['new-server', 'weather', '--yes', '--git'], home);
  expect(document.data.done).toEqual(['written', 'git']);

  const folder = join(home.home, 'weather');
  await writeFile(join(folder, '.env'), 'SECRET=1\n');
  const { stdout } = await run('git', ['status', '--porcelain', '--untracked-files=all'], {
    cwd: folder,
    env: home.env,
  });
  expect(stdout).toContain('?? .env.example');
  expect(stdout).not.toContain('?? .env\n');
});

test('a step that fails says what it said, and the files stay', async () => {
  const home = await emptyHome({ npm_config_registry: 'http://127.0.0.1:1/', npm_config_fetch_retries: '0' });

  const { status, stdout, stderr } = await mcpctl(['new-server', 'weather', '--yes', '--install'], home);

  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(
    /NEW_SERVER_FAILED npm install failed[\s\S]*ECONNREFUSED[\s\S]*cd weather && npm install/,
  );
  expect(await readdir(join(home.home, 'weather'))).toContain('package.json');
});

test('reads an OpenAPI document from a file and from an address', async () => {
  const home = await emptyHome();
  await writeFile(join(home.home, 'pets.yaml'), PETS);
  const server = createServer((_, response) => void response.end(PETS)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi.yaml`;

  const fromFile = await mcpctlJson(['new-server', 'pets', '--openapi', 'pets.yaml', '--yes'], home);
  expect(fromFile.document.data).toMatchObject({
    wraps: 'openapi',
    operations: [
      { tool: 'list_pets', request: 'GET /pets' },
      { tool: 'add_pet', request: 'POST /pets' },
    ],
    leftOut: [{ operation: 'POST /photos', why: 'it takes image/png' }],
  });

  const args = ['new-server', 'pets-two', '--openapi', url, '--operations', 'GET /pets', '--yes'];
  const fromUrl = await mcpctlJson(args, home);
  expect(fromUrl.document.data.operations).toEqual([{ tool: 'list_pets', request: 'GET /pets' }]);
  expect(await readFile(join(home.home, 'pets-two/src/settings.ts'), 'utf8')).toContain(
    "'https://pets.example/v1'",
  );

  const unknown = await mcpctlJson(
    ['new-server', 'x', '--openapi', url, '--operations', 'list_pet', '--yes'],
    home,
  );
  expect(unknown.document.error).toMatchObject({
    code: 'OPENAPI_OPERATION_UNKNOWN',
    hint: 'Did you mean list_pets?',
  });
});

test('completes the flags and their values', async () => {
  const home = await emptyHome();

  const complete = async (...words: string[]) => {
    const { stdout } = await mcpctl(['completion', '--words', 'bash', '--', 'new-server', ...words], home);
    return stdout.trim().split('\n');
  };

  expect(await complete('--wraps', '')).toEqual(['nothing', 'rest', 'postgres', 'openapi', 'cli']);
  expect(await complete('--auth', 'o')).toEqual(['oauth']);
  expect(await complete('--op')).toEqual(['--openapi', '--operations']);
});

test('finds its templates when it is installed from the package', { timeout: 180_000 }, async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = await temporaryFolder();
  const home = await emptyHome();
  const packed = await runIn(root, 'npm', [
    'pack',
    '--ignore-scripts',
    '--silent',
    '--pack-destination',
    folder,
  ]);
  expect(packed.status, packed.output).toBe(0);
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await run('tar', ['-xzf', tarball], { cwd: folder });

  const script = join(folder, 'package', 'bin', 'mcpctl.js');
  await run(process.execPath, [script, 'new-server', 'weather', '--yes'], { cwd: home.home, env: home.env });

  const here = await mcpctlJson(['new-server', 'here/weather', '--yes', '--dry-run'], home);
  const names = here.document.data.files.map(({ path }: { path: string }) => path);
  const there = await readdir(join(home.home, 'weather'), { recursive: true, withFileTypes: true });
  expect(there.filter((entry) => entry.isFile())).toHaveLength(names.length);
});
