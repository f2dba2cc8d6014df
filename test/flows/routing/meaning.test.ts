import { readdir, readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { serveHttp } from '../../support/http-server.ts';
import { MEMORY, writeManifest } from '../../support/servers.ts';

/** What the endpoint was sent, request by request. */
let sent: string[][] = [];
const refused: string[] = [];
let answer: 'vectors' | 'silence' | 'refusal' | 'too few' = 'vectors';
let home: Home;
const KEY = 'key-of-the-endpoint-4711';

/** Two directions: what is about forgetting, and everything else. */
const vectorOf = (text: string): number[] => (/forget|delete|amnesia/i.test(text) ? [0, 3] : [2, 0.1]);

/** Takes nothing that OpenAI's endpoint would not take. */
async function endpoint(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += chunk;
  const { model, input, encoding_format: format, ...others } = JSON.parse(text || '{}');
  const problems = [
    request.method === 'POST' && request.url === '/v1/embeddings' ? '' : `${request.method} ${request.url}`,
    request.headers.authorization === `Bearer ${KEY}` ? '' : 'authorization',
    request.headers['content-type'] === 'application/json' ? '' : 'content-type',
    model === 'small-one' && format === 'float' && Object.keys(others).length === 0 ? '' : text.slice(0, 80),
    Array.isArray(input) && input.length > 0 && input.length <= 2048 ? '' : 'input',
  ].filter((problem) => problem !== '');
  if (problems.length > 0) refused.push(...problems);
  if (problems.length > 0 || answer === 'refusal') {
    response.writeHead(problems.length > 0 ? 400 : 503).end(JSON.stringify({ error: { message: 'no' } }));
    return;
  }
  sent.push(input);
  if (answer === 'silence') return;
  const data = (input as string[]).map((each, index) => ({
    object: 'embedding',
    index,
    embedding: vectorOf(each),
  }));
  // Nobody promises an order.
  data.reverse();
  if (answer === 'too few') data.pop();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ object: 'list', model, data, usage: { prompt_tokens: 1, total_tokens: 1 } }));
}

const ask = async (task: string) => (await mcpctlJson(['route', task, '--explain'], home)).document.data;

test('a service for meanings finds what shares no word, and gets each tool once', async () => {
  home = await emptyHome();
  await writeManifest(home.home, { memory: { command: process.execPath, args: [MEMORY] } });
  expect((await mcpctl(['tools', 'memory'], home)).status).toBe(0);
  const task = 'amnesia please';
  expect(await ask(task)).toMatchObject({ match: false });

  const { port } = await serveHttp((request, response) => void endpoint(request, response));
  const embeddings = {
    url: `http://127.0.0.1:${port}/v1`,
    model: 'small-one',
    key: `\${ENDPOINT_KEY}`,
    timeoutMs: 1000,
  };
  const set = await mcpctl(['config', 'set', 'routing.embeddings', JSON.stringify(embeddings)], home);
  expect(set.status, set.stderr).toBe(0);
  home.env.ENDPOINT_KEY = KEY;

  const found = await ask(task);
  expect(refused).toEqual([]);
  expect(found).toMatchObject({ meaning: { isUsed: true }, match: true });
  expect(found.suggestions[0]).toMatchObject({ tool: expect.stringMatching(/^delete_/), server: 'memory' });
  expect(found.suggestions[0].reasons.meaning).toBeGreaterThan(0.3);
  expect(sent[0]).toEqual([task]);
  expect(sent).toHaveLength(2);
  expect(sent[1]?.length).toBe(9);

  sent = [];
  expect((await ask(task)).suggestions).toEqual(found.suggestions);
  expect(sent).toEqual([[task]]);
  const folder = join(home.home, '.cache/mcpctl/routing');
  const [file = ''] = await readdir(folder);
  expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(folder, file), 'utf8')).not.toContain(KEY);

  await whereItIsOfNoUse();
});

/** Words alone decide then, and the answer says why. */
async function whereItIsOfNoUse(): Promise<void> {
  const task = 'delete entities of the graph';
  const reasons = {
    silence: /did not answer|in time|within/,
    refusal: /^it answered with status 503$/,
    'too few': /^its answer has not one vector of numbers for each text$/,
  } as const;
  for (const [way, why] of Object.entries(reasons)) {
    answer = way as typeof answer;
    const found = await ask(task);
    expect(found).toMatchObject({
      match: true,
      meaning: { isUsed: false, why: expect.stringMatching(why) },
    });
    expect(found.suggestions[0]).toMatchObject({ tool: 'delete_entities' });
  }
  const { stdout, stderr } = await mcpctl(['route', task], home);
  expect(stdout).toContain('Words alone decided: the service for meanings was of no use (');
  expect(stdout + stderr).not.toContain(KEY);
  delete home.env.ENDPOINT_KEY;
  expect((await ask(task)).meaning.why).toContain('ENDPOINT_KEY');
}
