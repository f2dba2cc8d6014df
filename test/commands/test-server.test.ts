import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, MCPCTL, mcpctl, mcpctlJson, temporaryFolder } from '../support/cli.ts';
import { fixturePath, writeManifest } from '../support/servers.ts';

const PROGRAM = [process.execPath, fixturePath('defective')];

/** A folder with a package whose program is the sound server, or one with a defect. */
async function project(files: Record<string, string> = {}, defect?: string): Promise<string> {
  const folder = join(await temporaryFolder(), 'things');
  await mkdir(folder);
  const all = {
    'package.json': JSON.stringify({ name: 'things', version: '1.2.3', bin: 'start.mjs' }),
    'start.mjs': `process.argv[2] = ${JSON.stringify(defect)};\nawait import(${JSON.stringify(fixturePath('defective'))});\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) await writeFile(join(folder, path), text);
  return folder;
}

test('tests a project, and shows a group a line with what puts it right', async () => {
  const home = await emptyHome();
  const folder = await project({}, 'has-no-description');

  const { status, stdout } = await mcpctl(['test-server', folder], home);

  expect(status).toBe(1);
  expect(stdout).toMatch(/^things +defective 1\.0\.0, speaks 2025-11-25 and 2026-07-28$/m);
  expect(stdout).toMatch(
    /^ {2}✗ tools-described describes every tool\n {6}add_item: it has no description\n {6}try Say/m,
  );
  expect(stdout).toMatch(/^ {2}✓ ping \(2025-11-25\) answers ping$/m);
  expect(stdout).not.toContain('skipped:');
  expect(stdout).toMatch(/^1 failed, \d+ passed, \d+ skipped in \d+\.\d s$/m);
});

test('tests a server of the manifest, and answers with one document', async () => {
  const home = await emptyHome();
  const [command, ...args] = PROGRAM;
  await writeManifest(home.home, { things: { command, args } });

  const { status, document } = await mcpctlJson(
    ['test-server', 'things', '--only', 'schema', '--skip', 'list-size'],
    home,
  );

  expect(status).toBe(0);
  expect(document.data).toMatchObject({
    server: 'things',
    passed: true,
    versions: ['2025-11-25', '2026-07-28'],
    counts: { failed: 0, warned: 0 },
  });
  const ids = document.data.verdicts.map(({ id }: { id: string }) => id);
  expect(ids).toContain('tools-described');
  expect(ids).not.toContain('list-size');
  expect(ids).not.toContain('ping');
});

test('a server that does not start fails the handshake, with what it said', async () => {
  const home = await emptyHome();

  const { status, stdout } = await mcpctl(
    ['test-server', '--', process.execPath, '-e', 'console.error("no database"); process.exit(3)'],
    home,
  );

  expect(status).toBe(1);
  expect(stdout).toContain('✗ handshake');
  expect(stdout).toContain('no database');
});

test('writes a JUnit report', async () => {
  const home = await emptyHome();
  const folder = await project({}, 'has-no-description');
  const file = join(home.home, 'out', 'report.xml');

  await mcpctl(['test-server', folder, '--only', 'schema', '--junit', file], home);

  const report = await readFile(file, 'utf8');
  expect(report).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="mcpctl test-server" tests="\d+" failures="1"/,
  );
  expect(report).toContain('<failure type="tools-described" message="add_item: it has no description">');
  expect(report).toMatch(/<testcase classname="things\.schema" name="list-size" time="[\d.]+"\/>/);
});

test.each([
  [['--only', 'protocl'], 'protocol'],
  [['one', 'two'], 'One server'],
  [['--load', '--for', 'long'], 'no duration'],
])('refuses %j', async (args, said) => {
  const home = await emptyHome();
  const folder = await project();

  const words = args[0]?.startsWith('--') ? [folder, ...args] : args;
  const { status, stderr } = await mcpctl(['test-server', ...words], home);

  expect(status).toBe(2);
  expect(stderr).toContain(said);
});

const TESTS = `
examples:
  - name: one item
    tool: get_item
    arguments: { id: a }
    expect:
      equals: { item: { id: a, name: Apple } }
      contains: Apple
      matches: '^\\{.*\\}$'
      schema: { type: object, required: [item] }
      within: 60000
  - name: no such item
    tool: get_item
    arguments: { id: z }
    expect: { isError: true, contains: no item }
  - name: all
    tool: list_items
    expect: { snapshot: true, ignore: ['structuredContent.items[].name'] }
  - name: a change
    tool: add_item
    arguments: { name: Cherry }
    expect: { contains: { item: { name: Cherry } } }
`;

test('makes declared calls, and keeps snapshots', async () => {
  const home = await emptyHome();
  const folder = await project({ 'mcp-tests.yaml': TESTS });
  const run = async (...more: string[]) =>
    await mcpctlJson(['test-server', folder, '--only', 'examples', ...more], home);
  const failed = ({ document }: Awaited<ReturnType<typeof run>>) =>
    document.data.verdicts
      .filter(({ status }: { status: string }) => status === 'failed')
      .flatMap(({ problems }: { problems: { message: string }[] }) => problems.map(({ message }) => message));

  expect(failed(await run())).toEqual(['it has no snapshot yet: --update writes one']);
  expect(failed(await run('--update'))).toEqual([]);
  expect(failed(await run())).toEqual([]);
  const file = join(folder, 'mcp-tests.snapshots.json');
  const kept = JSON.parse(await readFile(file, 'utf8'));
  expect(kept).toEqual({ all: { structuredContent: { items: [{ id: 'a' }, { id: 'b' }] } } });

  kept.all.structuredContent.items[1].id = 'c';
  await writeFile(file, JSON.stringify(kept));
  expect(failed(await run())).toEqual([
    'not as in its snapshot: structuredContent.items[1].id is "b", and "c" was expected',
  ]);
});

test.each([
  ['equals: { item: { id: b } }', 'item.id is "a", and "b" was expected'],
  ['contains: Banana', 'does not contain "Banana"'],
  ['contains: { item: { name: Pear } }', 'item.name is "Apple", and "Pear" was expected'],
  ["matches: '^Apple'", 'does not match ^Apple'],
  ['schema: { required: [price] }', 'price is missing'],
  ['isError: true', 'a refusal was expected'],
])('a declared call that expects %s fails', async (expected, said) => {
  const home = await emptyHome();
  const call = `examples:\n  - name: it\n    tool: get_item\n    arguments: { id: a }\n    expect: { ${expected} }\n`;
  const folder = await project({ 'mcp-tests.yaml': call });

  const { status, stdout } = await mcpctl(['test-server', folder, '--only', 'examples'], home);

  expect(status).toBe(1);
  expect(stdout).toContain('✗ example-calls (it)');
  expect(stdout).toContain(said);
});

test('what the project knows of does not count', async () => {
  const home = await emptyHome();
  const known = 'known:\n  - { check: tools-described, subject: add_item, reason: on purpose }\n';
  const folder = await project({ 'mcp-tests.yaml': known }, 'has-no-description');

  const { status, stdout } = await mcpctl(['test-server', folder, '--only', 'schema'], home);

  expect(status).toBe(0);
  expect(stdout).toContain('add_item: it has no description (known: on purpose)');
});

test.each([
  ['examples:\n  - name: a\n    tols: b\n', '3:5', 'tols'],
  ['examples: 7\n', '1:11', 'examples'],
  ['examples:\n  - { name: a, tool: b }\n  - { name: a, tool: c }\n', '3:13', 'another example'],
  ['examples: [\n', '2:1', ''],
])('says where a file of declared calls is wrong: %j', async (text, place, said) => {
  const home = await emptyHome();
  const folder = await project({ 'mcp-tests.yaml': text });

  const { status, document } = await mcpctlJson(['test-server', folder], home);

  expect(status).toBe(3);
  expect(document.error?.code).toBe('EXAMPLES_INVALID');
  expect(document.error?.message).toContain(`mcp-tests.yaml:${place}: `);
  expect(document.error?.message).toContain(said);
});

test('prints the schema of declared calls', async () => {
  const { stdout } = await mcpctl(['test-server', '--schema'], await emptyHome());

  expect(JSON.parse(stdout)).toMatchObject({ properties: { examples: { type: 'array' } } });
});

test('records a session, and repeats it', async () => {
  const home = await emptyHome();
  const file = join(home.home, 'session.jsonl');
  await record(home, file);

  const lines = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ from, message }) => from && `${from} ${message.method ?? message.id}`)).toEqual([
    undefined,
    'client initialize',
    'server 1',
    'client notifications/initialized',
    'client tools/call',
    'server 2',
  ]);

  const replay = ['--only', 'replays', '--replay', file];
  const same = await mcpctl(['test-server', ...replay, '--', ...PROGRAM], home);
  expect(same.status, same.stdout).toBe(0);
  const other = await mcpctl(['test-server', ...replay, '--', ...PROGRAM, 'hides-text-in-answers'], home);
  expect(other.status).toBe(1);
  expect(other.stdout).toContain('tools/call: result.');
});

async function record(home: Home, file: string): Promise<void> {
  const args = [MCPCTL, 'test-server', '--record', file, '--', ...PROGRAM];
  const child = spawn(process.execPath, args, { env: home.env, cwd: home.home });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'test', version: '0' };
  send({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
  });
  expect(JSON.parse((await lines.next()).value)).toMatchObject({ id: 1 });
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: { name: 'list_items', arguments: {} } });
  expect(JSON.parse((await lines.next()).value)).toMatchObject({ id: 2 });
  child.stdin.end();
  const [status] = await once(child, 'close');
  expect(status).toBe(0);
}

test('its own keys are in no report', async () => {
  const home = await emptyHome({ ITEM_KEY: 'key-of-the-items-0123456789' });
  const args = ['test-server', '-e', 'ITEM_KEY=${ITEM_KEY}', '--only', 'security', '--'];

  const { stdout, status } = await mcpctl([...args, ...PROGRAM, 'shows-its-key-in-an-error'], home);

  expect(status).toBe(1);
  expect(stdout).toContain('✗ secrets-in-output');
  expect(stdout).not.toContain('key-of-the-items-0123456789');
});

test('measures a server under load, and finds one that forgets nothing and one that gives up', async () => {
  const home = await emptyHome();
  const load = ['test-server', '--load', '--for', '6s', '--concurrency', '4', '--only', 'load', '--'];

  const sound = await mcpctl([...load.slice(0, -1), '--json', '--', ...PROGRAM], home);
  const { data } = JSON.parse(sound.stdout);
  expect(data.load).toMatchObject({ failures: 0, concurrency: 4 });
  expect(data.load.latencies[0]).toMatchObject({ what: 'tools/list', p50: expect.any(Number) });
  expect(sound.status).toBe(0);
  const leaking = await mcpctl([...load, ...PROGRAM, 'forgets-nothing'], home);
  expect(leaking.status).toBe(1);
  expect(leaking.stdout).toContain('✗ load-memory');
  const tired = await mcpctl([...load, ...PROGRAM, 'gives-up'], home);
  expect(tired.status).toBe(1);
  expect(tired.stdout).toMatch(
    /✗ load-answers[\s\S]*the first: tools\/call list_items: it answered with isError/,
  );
  expect(tired.stdout).not.toContain('✗ load-memory');
});

test('a program that ends at once is quoted, and once', async () => {
  const { status, stdout } = await mcpctl(
    ['test-server', '--json', '--', 'node', 'no-such-file.js'],
    await emptyHome(),
  );

  expect(status).toBe(1);
  const [{ problems }] = JSON.parse(stdout).data.verdicts;
  expect(problems[0].message.match(/It said/g)).toHaveLength(1);
});

test('completes checks and areas', async () => {
  const home = await emptyHome();

  const { stdout } = await mcpctl(
    ['completion', '--words', 'bash', '--', 'test-server', '--only', 'pro'],
    home,
  );

  expect(stdout.split('\n')).toEqual(expect.arrayContaining(['protocol', 'progress', 'prompts-usable']));
});

/** An MCP server over HTTP that lets every page in. */
async function openDoor(): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { id, method, params } = body === '' ? { id: 1, method: '', params: {} } : JSON.parse(body);
      const result =
        method === 'initialize'
          ? {
              protocolVersion: params.protocolVersion,
              capabilities: {},
              serverInfo: { name: 'door', version: '1' },
            }
          : {};
      response.writeHead(id === undefined ? 202 : 200, { 'content-type': 'application/json' });
      response.end(id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

test('finds a server that lets every web page in', async () => {
  const only = ['--only', 'http-origin', 'http-methods'];

  const { status, stdout } = await mcpctl(['test-server', await openDoor(), ...only], await emptyHome());

  expect(status).toBe(1);
  expect(stdout).toContain('✗ http-origin');
  expect(stdout).toContain('✗ http-methods');
});
