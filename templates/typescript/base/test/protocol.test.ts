import { once } from 'node:events';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessEnv, callerHeaders, closeAccess } from './caller.ts';
import { openExample } from './example.ts';
import type { Example } from './example-type.ts';
import { connectHttp, connectStdio, ERAS, type Era, startHttp, startProgram } from './running.ts';

let example: Example;
let http: Awaited<ReturnType<typeof startHttp>>;

beforeAll(async () => {
  example = await openExample();
  http = await startHttp({ ...example.env, ...(await accessEnv()) });
});

afterAll(async () => {
  expect(await http.stop()).toBe(0);
  await example.close();
  await closeAccess();
});

const FRONTS: readonly { name: string; connect(era: Era): Promise<Client> }[] = [
  { name: 'standard streams', connect: (era) => connectStdio(era, example.env) },
  { name: 'HTTP', connect: (era) => connectHttp(era, http.url) },
];

const CASES = FRONTS.flatMap(({ name, connect }) => ERAS.map((era) => ({ name, connect, era })));

describe.each(CASES)('$era over $name', ({ connect, era }) => {
  let client: Client;

  beforeAll(async () => {
    client = await connect(era);
  });

  afterAll(() => client.close());

  test('tools are described and can be called', async () => {
    expect(client.getNegotiatedProtocolVersion()).toBe(era);
    const { tools } = await client.listTools();
    expect(tools.length).toBeGreaterThan(0);
    for (const { name, title, description, annotations, inputSchema, outputSchema } of tools) {
      expect({ name, title, description }).toEqual({
        name: expect.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/),
        title: expect.stringMatching(/./),
        description: expect.stringMatching(/./),
      });
      expect(annotations?.readOnlyHint, `${name} says whether it only reads`).toBeTypeOf('boolean');
      expect(inputSchema.type).toBe('object');
      expect(outputSchema, `${name} describes its answer`).toBeDefined();
    }
    expect(await client.callTool(example.call)).toMatchObject(example.result);
  });

  test('resources and prompts are there', async () => {
    const { resources } = await client.listResources();
    const { prompts } = await client.listPrompts();
    expect(resources.length).toBeGreaterThan(0);
    expect(prompts.length).toBeGreaterThan(0);
    if (example.resource) {
      const { contents } = await client.readResource({ uri: example.resource });
      expect(contents).toHaveLength(1);
    }
    await expect(client.readResource({ uri: 'nothing://here' })).rejects.toThrow(/not found/i);
  });

  test('wrong calls are refused, and it lives on', async () => {
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow(/no_such_tool/);
    const wrong = await client.callTool({ ...example.call, arguments: example.wrong });
    expect(wrong.isError).toBe(true);
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
  });
});

test('stdout carries messages only, junk is survived, and the end of stdin ends the process', async () => {
  const child = startProgram(['--stdio'], example.env);
  let stdout = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } },
  };
  child.stdin?.write(`this is no message\n${JSON.stringify(initialize)}\n`);
  while (!stdout.includes('"id":1')) await once(child.stdout ?? child, 'data');
  child.stdin?.end();

  const [status] = await once(child, 'close');
  expect(status).toBe(0);
  for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
});

test('HTTP says that it is well, and refuses other names and origins', async () => {
  const { origin } = new URL(http.url);
  const headers = { ...(await callerHeaders()), 'content-type': 'application/json' };
  const post = (more: Record<string, string>) =>
    fetch(http.url, { method: 'POST', headers: { ...headers, ...more }, body: '{}' });

  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${origin}/elsewhere`, { headers })).status).toBe(404);
  expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
});
