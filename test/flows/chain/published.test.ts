import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditOf, type ChainHome, chainHome, journalOf, lastRun } from '../../support/chain.ts';
import { emptyHome, mcpctlJson, start } from '../../support/cli.ts';
import { kill } from '../../support/fixture.ts';
import { makeToken, startGatewayIn, writeSettings } from '../../support/gateway.ts';
import {
  type LegacyClient,
  legacyClient,
  type Message,
  modernRequest,
} from '../../support/gateway-client.ts';
import { lineClient } from '../../support/line-client.ts';

const LOOK = `description: Looks at something.
publish: true
inputs: { value: { description: What to look at }, often: { type: integer, default: 1 } }
steps:
  - { id: see, call: desk.echo, with: { value: "\${{ inputs.value }}" } }
  - { id: more, call: desk.echo, with: { value: "\${{ steps.see.output.value }}!" } }
outputs: { seen: "\${{ steps.more.output.value }}", often: "\${{ inputs.often }}" }
`;
const REVIEW = `name: review-pr
publish: { name: review, description: Reviews a pull request and files an issue. }
inputs: { number: { type: integer } }
steps:
  - id: pr
    call: github.pull_request_read
    with: { method: get, owner: octocat, repo: hello, pullNumber: "\${{ inputs.number }}" }
  - id: issue
    call: linear.save_issue
    with: { team: Doors, title: "Review: \${{ steps.pr.output.title }}" }
outputs: { issue: "\${{ steps.issue.output.id }}" }
`;

const folderOf = ({ home }: ChainHome): string => join(home, '.config', 'mcpctl', 'pipelines');

async function homeWith(files: Record<string, string>): Promise<ChainHome> {
  const home = await chainHome(await emptyHome());
  await mkdir(folderOf(home), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folderOf(home), name), text);
  return home;
}

const toolsOf = async (client: LegacyClient): Promise<Message[]> =>
  (await client.request('tools/list')).result.tools.filter(({ name }: Message) => name.startsWith('chain__'));

/** The pipelines once it is known what their steps do. */
async function knownTools(client: LegacyClient): Promise<Record<string, Message>> {
  const look = async (): Promise<Message[]> => await toolsOf(client);
  await expect
    .poll(async () => (await look()).find(({ name }) => name === 'chain__look')?.annotations.readOnlyHint, {
      timeout: 60_000,
    })
    .toBe(true);
  return Object.fromEntries((await look()).map((tool) => [tool.name, tool]));
}

test('published pipelines are tools of the gateway, approved by who calls them, in both eras', async () => {
  const home = await homeWith({
    'look.yaml': LOOK,
    'review.yaml': REVIEW,
    'draft.yaml': LOOK.replace('publish: true\n', ''),
    'broken.yaml': 'publish: true\nstep: []\n',
  });
  const token = await makeToken(home, 'test');
  const { url, stderr, stop } = await startGatewayIn(home);
  const asked: Message[] = [];
  const answers = [
    { action: 'decline' },
    { action: 'accept', content: { run: false } },
    { action: 'accept', content: { run: true } },
  ];
  const client = await legacyClient({
    url,
    token,
    capabilities: { elicitation: {} },
    answer(_, params) {
      asked.push(params);
      return answers.shift() ?? { action: 'cancel' };
    },
  });

  const tools = await knownTools(client);
  expect(Object.keys(tools).sort()).toEqual(['chain__look', 'chain__review']);
  expect(tools.chain__look).toMatchObject({
    description: 'Looks at something.\n\nCalls see: desk.echo (reads), more: desk.echo (reads).',
    inputSchema: {
      type: 'object',
      properties: { value: { type: 'string', description: 'What to look at' }, often: { default: 1 } },
      required: ['value'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true },
  });
  expect(tools.chain__review?.annotations).toEqual({
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: true,
  });
  expect(stderr()).toMatch(/broken\.yaml is not offered: line \d+, column 1/);

  // What reads is run at once, and tells how far it is.
  const seen = await client.request('tools/call', {
    name: 'chain__look',
    arguments: { value: 'door' },
    _meta: { progressToken: 'p' },
  });
  expect(seen.result.structuredContent).toEqual({ seen: 'door!', often: 1 });
  expect(JSON.parse(seen.result.content[0].text)).toEqual({ seen: 'door!', often: 1 });
  const told = client.received.filter(({ method }) => method === 'notifications/progress');
  expect(told.map(({ params }) => params)).toEqual([
    { progressToken: 'p', progress: 1, total: 2, message: 'see: ok' },
    { progressToken: 'p', progress: 2, total: 2, message: 'more: ok' },
  ]);
  expect(asked).toEqual([]);
  const wrong = await client.call('chain__look', { valu: 1 });
  expect(wrong.result).toMatchObject({
    isError: true,
    _meta: { 'mcpctl/error': { code: 'CALL_ARGUMENTS' } },
  });

  // What may write is asked for first: twice refused, then approved.
  for (const turn of [1, 2]) {
    const refused = await client.call('chain__review', { number: 7 });
    expect(asked).toHaveLength(turn);
    expect(refused.result).toMatchObject({
      isError: true,
      _meta: { 'mcpctl/error': { code: 'PIPELINE_UNAPPROVED' } },
    });
  }
  expect(asked[0].message).toBe('review may write: issue (linear.save_issue). Run it?');
  expect(await home.ledger()).toEqual([]);
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const made = await client.request('tools/call', {
    name: 'chain__review',
    arguments: { number: 7 },
    _meta: { traceparent: `00-${trace}-b7ad6b7169203331-01` },
  });
  expect(made.result.structuredContent).toEqual({ issue: 'ENG-1' });
  expect(await home.ledger()).toEqual([{ linear: 'Review: Fix the door' }]);
  const run = made.result._meta['mcpctl/run'];
  expect(run).toBe(await lastRun(home));
  const rows = (await auditOf(home)).filter(({ traceId }) => traceId === trace);
  expect(
    rows.map(({ via, server, tool, parent, corr }) => ({ via, call: `${server}/${tool}`, parent, corr })),
  ).toEqual([
    { via: 'gateway', call: 'chain/review', parent: undefined, corr: trace },
    { via: 'chain', call: 'github/pull_request_read', parent: run, corr: trace },
    { via: 'chain', call: 'linear/save_issue', parent: run, corr: trace },
  ]);

  // Who cannot ask is refused, and told what can be done.
  const mute = await legacyClient({ url, token });
  const unasked = await mute.call('chain__review', { number: 7 });
  expect(unasked.result.isError).toBe(true);
  expect(unasked.result.content[0].text).toMatch(/cannot ask anybody.*\n.*mcpctl chain run .*review\.yaml/s);

  // In the modern era the question is an answer, and its answer a request.
  const call = { url, token, method: 'tools/call', capabilities: { elicitation: {} } };
  const params = { name: 'chain__review', arguments: { number: 8 } };
  const first = (await modernRequest({ ...call, params })).messages.at(-1)?.result;
  expect(first.resultType).toBe('input_required');
  const { inputRequests, requestState } = first;
  const [question = ''] = Object.keys(inputRequests);
  expect(inputRequests[question]).toMatchObject({ method: 'elicitation/create' });
  const inputResponses = { [question]: { action: 'accept', content: { run: true } } };
  const second = await modernRequest({
    ...call,
    id: 2,
    params: { ...params, inputResponses, requestState },
  });
  expect(second.messages.at(-1)?.result).toMatchObject({
    resultType: 'complete',
    structuredContent: { issue: 'ENG-2' },
  });
  const plain = await modernRequest({ url, token, method: 'tools/call', params });
  expect(plain.messages.at(-1)?.result.content[0].text).toContain('cannot ask anybody');
  expect(await home.ledger()).toHaveLength(2);

  // Settings may let one write unasked; a file that changes is offered as it is now.
  await client.listen();
  await writeSettings(home, { audit: { key: 'file' }, pipelines: { unattended: ['review'] } });
  await expect
    .poll(async () => (await mute.call('chain__review', { number: 9 })).result.isError, { timeout: 60_000 })
    .toBeUndefined();
  client.received.length = 0;
  await writeFile(join(folderOf(home), 'look.yaml'), LOOK.replace('}}!', '}}?'));
  await client.message(({ method }) => method === 'notifications/tools/list_changed');
  const other = await client.call('chain__look', { value: 'door' });
  expect(other.result.structuredContent.seen).toBe('door?');
  await rm(join(folderOf(home), 'look.yaml'));
  await expect
    .poll(async () => (await toolsOf(client)).map(({ name }) => name), { timeout: 60_000 })
    .toEqual(['chain__review']);
  expect(await stop()).toBe(0);
});

test('a run on stdio stops when its client cancels it, and policy counts for its steps', async () => {
  const home = await homeWith({ 'look.yaml': LOOK, 'review.yaml': REVIEW });
  const client = lineClient(start(['gateway'], home));
  const request = async (id: number, method: string, params: object): Promise<Message> => {
    client.send({ jsonrpc: '2.0', id, method, params });
    return JSON.parse(await client.answer(id));
  };
  await request(1, 'initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 't', version: '1' },
  });
  client.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  const call = { name: 'chain__look', arguments: { value: '1' } };
  expect((await request(2, 'tools/call', call)).result.structuredContent.seen).toBe('1!');

  await writeFile(join(home.hold, 'echo.before'), '');
  client.send({ jsonrpc: '2.0', id: 3, method: 'tools/call', params: call });
  await expect
    .poll(() => stat(join(home.hold, 'echo.held')).then(Boolean, () => false), { timeout: 60_000 })
    .toBe(true);
  client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 3 } });
  const run = await lastRun(home);
  await expect
    .poll(async () => (await journalOf(home, run)).at(-1), { timeout: 60_000 })
    .toMatchObject({ kind: 'ended', status: 'stopped' });
  await rm(join(home.hold, 'echo.before'));

  await writeSettings(home, {
    audit: { key: 'file' },
    policy: { deny: ['linear/*'] },
    pipelines: { unattended: ['*'] },
  });
  const denied = async (): Promise<string> => {
    const id = 100 + client.lines.length;
    const params = { name: 'chain__review', arguments: { number: 7 } };
    return (await request(id, 'tools/call', params)).result.content[0].text;
  };
  await expect.poll(denied, { timeout: 60_000 }).toMatch(/^TOOL_DENIED/);
  expect(await client.end()).toBe(0);
});

test('a gateway that is killed within a write leaves a run that goes on, each write made once', async () => {
  const home = await homeWith({
    'notes.yaml': `publish: true
description: Notes two things.
steps:
  - { id: one, call: desk.note, with: { text: one } }
  - { id: two, call: desk.note, needs: [one], with: { text: two } }
`,
  });
  await writeSettings(home, { audit: { key: 'file' }, pipelines: { unattended: ['notes'] } });
  await writeFile(join(home.hold, 'note.after'), '');
  const child = start(['gateway'], home);
  const client = lineClient(child);
  const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  client.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: hello });
  await client.answer(1);
  client.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  const params = { name: 'chain__notes', arguments: {} };
  client.send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params });
  await expect
    .poll(() => stat(join(home.hold, 'note.held')).then(Boolean, () => false), { timeout: 60_000 })
    .toBe(true);
  await kill(child);
  await rm(join(home.hold, 'note.after'));

  const run = await lastRun(home);
  const resumed = await mcpctlJson(['chain', 'resume', run, '--yes'], home);
  expect(resumed.document.error?.code).toBe('PIPELINE_IN_DOUBT');
  const settled = await mcpctlJson(['chain', 'resume', run, '--yes', '--skip-step', 'one'], home);
  expect(settled.document.data?.status).toBe('done');
  expect(await home.ledger()).toEqual([{ note: 'one' }, { note: 'two' }]);
});
