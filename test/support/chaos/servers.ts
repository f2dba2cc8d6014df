import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JsonObject } from '../../../src/core/json.ts';
import { freePort } from '../free-port.ts';
import { killNow } from './processes.ts';

/** A server behind the gateway, and how to tell that it works. */
export interface ChaosServer {
  readonly name: string;
  readonly era: 'legacy' | 'modern';
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** Part of its command line that no other process has. */
  readonly mark: string;
  /** A read with a value of its own, and what its answer has to hold. */
  read(value: string): { readonly tool: string; readonly args: JsonObject; readonly expected: string };
  /** The file it logs each write in. */
  readonly diary?: string;
  /** Over HTTP: where it listens. */
  readonly port?: number;
}

const FILES = 200;

/** Ten servers: three from npm, seven diaries, of which two are modern and one is over HTTP. */
export async function chaosServers(root: string, folder: string): Promise<ChaosServer[]> {
  const npm = (name: string): string =>
    join(root, 'node_modules/@modelcontextprotocol', `server-${name}`, 'dist/index.js');
  const diaries = ['one', 'two', 'three', 'four'].map((name) => diary(root, folder, `diary-${name}`));
  const modern = ['modern-one', 'modern-two'].map((name) => diary(root, folder, name, 'modern'));
  const remote = diary(root, folder, 'remote');
  const port = await freePort();
  const overHttp: ChaosServer = {
    ...remote,
    args: [join(root, 'test/fixtures/http-front.mjs'), process.execPath, ...remote.args],
    env: { PORT: String(port) },
    port,
  };
  return [
    everything(npm('everything')),
    await filesystem(npm('filesystem'), join(folder, 'files')),
    await memory(npm('memory'), join(folder, 'memory.jsonl')),
    ...diaries,
    ...modern,
    overHttp,
  ];
}

function diary(root: string, folder: string, name: string, era: ChaosServer['era'] = 'legacy'): ChaosServer {
  const file = join(folder, `${name}.diary`);
  return {
    name,
    era,
    command: process.execPath,
    args: [join(root, 'test/fixtures/servers/diary.mjs'), file, '--era', era],
    mark: file,
    diary: file,
    read: (value) => ({ tool: 'read', args: { value }, expected: value }),
  };
}

function everything(program: string): ChaosServer {
  return {
    name: 'everything',
    era: 'legacy',
    command: process.execPath,
    args: [program],
    mark: program,
    read: (value) => ({ tool: 'echo', args: { message: value }, expected: value }),
  };
}

/** Each of its files holds another text. */
async function filesystem(program: string, folder: string): Promise<ChaosServer> {
  await mkdir(folder);
  for (let file = 0; file < FILES; file += 1)
    await writeFile(join(folder, `${file}.txt`), `content of ${file}.`);
  let next = 0;
  return {
    name: 'files',
    era: 'legacy',
    command: process.execPath,
    args: [program, folder],
    mark: program,
    read() {
      next = (next + 1) % FILES;
      const path = join(folder, `${next}.txt`);
      return { tool: 'read_text_file', args: { path }, expected: `content of ${next}.` };
    },
  };
}

async function memory(program: string, file: string): Promise<ChaosServer> {
  const entities = Array.from({ length: FILES }, (_, index) =>
    JSON.stringify({ type: 'entity', name: `person-${index}.`, entityType: 'person', observations: [] }),
  );
  await writeFile(file, `${entities.join('\n')}\n`);
  let next = 0;
  return {
    name: 'memory',
    era: 'legacy',
    command: process.execPath,
    args: [program],
    env: { MEMORY_FILE_PATH: file },
    mark: program,
    read() {
      next = (next + 1) % FILES;
      const name = `person-${next}.`;
      return { tool: 'open_nodes', args: { names: [name] }, expected: name };
    },
  };
}

/** How long a server takes from its start to the answer of a read, its tools listed in between; milliseconds. */
export async function ownStartUp(server: ChaosServer): Promise<number> {
  const isModern = server.era === 'modern';
  const { tool, args } = server.read('start-up');
  const steps: [string, JsonObject][] = [
    isModern ? ['server/discover', {}] : ['initialize', HELLO],
    ['tools/list', {}],
    ['tools/call', { name: tool, arguments: args }],
  ];
  const started = performance.now();
  const child = spawn(server.command, [...directArgs(server)], {
    env: { PATH: process.env.PATH, ...server.env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  for (const [id, [method, params]] of steps.entries()) {
    send({ id, method, params: isModern ? { ...params, _meta: META } : params });
    let answer = (await lines.next()).value;
    while (answer !== undefined && JSON.parse(answer).id !== id) answer = (await lines.next()).value;
    if (answer === undefined) throw new Error(`${server.name} ended before it answered ${method}`);
    if (method === 'initialize') send({ method: 'notifications/initialized' });
  }
  const took = performance.now() - started;
  const closed = once(child, 'close');
  killNow(child.pid ?? 0);
  await closed;
  return took;
}

/** Without the HTTP front. */
function directArgs({ args, port }: ChaosServer): readonly string[] {
  return port === undefined ? args : args.slice(2);
}

const HELLO = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'chaos', version: '1' },
};
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
