import { expect, test } from 'vitest';
import type { CallRecorder, RecordedCall } from '../../src/calls/call-recorder.ts';
import { SILENT_METER } from '../../src/calls/meter.ts';
import { LAYER_ORDER } from '../../src/calls/order.ts';
import { createPolicy } from '../../src/calls/policy.ts';
import { buildStack, composeLayers, type StackOptions } from '../../src/calls/stack.ts';
import type { ToolCall, ToolHandler } from '../../src/calls/tool-call.ts';
import { McpctlError } from '../../src/core/errors.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { aCall, anAnswer } from '../support/tool-calls.ts';

function bench(settings: Partial<Settings>, innermost: ToolHandler, more: Partial<StackOptions> = {}) {
  const clock = fakeClock();
  const rows: RecordedCall[] = [];
  let fault: Error | undefined;
  const recorder: CallRecorder = {
    refuses: true,
    isPrompt: true,
    prepare: (call) => ({ call }),
    async record(row) {
      if (fault) throw fault;
      rows.push(row);
    },
    async close() {},
  };
  const all = { ...DEFAULT_SETTINGS, ...settings };
  const handler = buildStack(
    {
      settings: all,
      policy: createPolicy(all.policy, { isRemote: () => false }),
      meter: SILENT_METER,
      recorder,
      clock,
      random: () => 0.5,
      warn() {},
      learn: async () => {},
      describe: async () => ({ intent: 'read', isIdempotent: false }),
      ...more,
    },
    innermost,
  );
  const run = async (call: ToolCall) => {
    const outcome = handler(call).then(
      ({ line }) => JSON.parse(line.toString()),
      (error: McpctlError) => error,
    );
    await clock.pass(120_000);
    return await outcome;
  };
  const told = () =>
    rows.map(({ call, outcome, errorType }) => [`${call.server}/${call.tool}`, outcome, errorType]);
  const breakLog = (error: Error | undefined): void => {
    fault = error;
  };
  return { run, rows, told, breakLog };
}

test('a call goes through the layers in their order, and comes back the other way', async () => {
  const seen: string[] = [];
  const layers = Object.fromEntries(
    LAYER_ORDER.toReversed().map(({ name }) => [
      name,
      (next: ToolHandler): ToolHandler =>
        async (call) => {
          seen.push(name);
          const answer = await next(call);
          seen.push(`${name} back`);
          return answer;
        },
    ]),
  );
  await composeLayers(layers, async (call) => anAnswer(call, 'x'))(aCall());

  const names = LAYER_ORDER.map(({ name }) => name);
  expect(names).toEqual([
    'audit',
    'trace',
    'metrics',
    'route',
    'policy',
    'fallback',
    'cache',
    'retry',
    'rate limit',
    'breaker',
    'bulkhead',
    'timeout',
    'attempts',
    'attempt spans',
  ]);
  expect(seen).toEqual([...names, ...names.toReversed().map((name) => `${name} back`)]);
});

test('what a layer refuses is recorded and counted, and goes no further', async () => {
  let calls = 0;
  const outcomes: string[] = [];
  const meter = {
    ...SILENT_METER,
    called: ({ outcome }: { outcome: string }) => void outcomes.push(outcome),
  };
  const policy = { ...DEFAULT_SETTINGS.policy, deny: ['linear/search'] };
  const { run, told, rows } = bench(
    { policy },
    async (call) => {
      calls += 1;
      return anAnswer(call, 'x');
    },
    { policy: createPolicy(policy, { isRemote: () => false }), meter },
  );

  expect((await run(aCall())).code).toBe('TOOL_DENIED');
  expect(told()).toEqual([['linear/search', 'denied', 'TOOL_DENIED']]);
  expect(rows[0]?.call.notes.policy).toBe('deny linear/search');
  expect([outcomes, calls]).toEqual([['denied'], 0]);
});

test('every attempt counts for the limit and the breaker, and the row says how many there were', async () => {
  let limited = 0;
  const { run, rows } = bench(
    {},
    async () => {
      throw new McpctlError('SERVER_UNREACHABLE', 'down', { data: { sent: true } });
    },
    {
      rateLimit: (next) => async (call) => {
        limited += 1;
        return await next(call);
      },
    },
  );
  await run(aCall());

  expect(limited).toBe(4);
  expect(rows[0]?.call.notes.attempt).toBe(4);
  expect(rows[0]).toMatchObject({ outcome: 'error', errorType: 'SERVER_UNREACHABLE' });
});

test('while the log cannot be written, writes are refused and reads are answered', async () => {
  let calls = 0;
  const { run, breakLog, told } = bench({}, async (call) => {
    calls += 1;
    return anAnswer(call, 'x');
  });
  const write = (): ToolCall => aCall({ intent: 'write', tool: 'create' });
  breakLog(new Error('disk full'));
  expect((await run(write())).code).toBe('AUDIT_UNWRITABLE');
  expect((await run(write())).code).toBe('AUDIT_UNWRITABLE');
  expect(calls).toBe(1);
  expect((await run(aCall())).result).toBeDefined();
  breakLog(undefined);
  // The one that finds the log well again is still refused; its row tells of it.
  expect((await run(write())).code).toBe('AUDIT_UNWRITABLE');
  expect((await run(write())).result).toBeDefined();
  expect(told()).toContainEqual(['linear/create', 'denied', 'AUDIT_UNWRITABLE']);
});

const FALLBACKS: Settings['fallbacks'] = {
  'web-search': [
    { server: 'brave', tool: 'brave_web_search', arguments: { query: 'query', limit: 'count' } },
    { server: 'tavily', tool: 'search', arguments: { query: 'q', limit: 'max_results' } },
    { server: 'exa', tool: 'find', arguments: { query: 'text', limit: '' } },
  ],
};
const brave = (args: Record<string, string | number> = { query: 'mcp', count: 3 }, more = {}): ToolCall =>
  aCall({ server: 'brave', tool: 'brave_web_search', args, ...more });

function searches(down: readonly string[], more: Partial<StackOptions> = {}) {
  const asked: object[] = [];
  const it = bench(
    { fallbacks: FALLBACKS, retry: { pausesMs: [] } },
    async (call) => {
      const { params } = JSON.parse(call.line.toString());
      asked.push([call.server, params.name, params.arguments]);
      if (down.includes(call.server)) throw new McpctlError('SERVER_UNREACHABLE', 'down');
      return anAnswer(call, call.server);
    },
    more,
  );
  return { ...it, asked };
}

test('a read goes to the next declared tool when its server is down, with its arguments translated', async () => {
  const { run, asked, rows } = searches(['brave']);
  const { id, result } = await run(brave(undefined, { id: '"seven"' }));

  expect(asked).toEqual([
    ['brave', 'brave_web_search', { query: 'mcp', count: 3 }],
    ['tavily', 'search', { q: 'mcp', max_results: 3 }],
  ]);
  expect([id, result.content[0].text]).toEqual(['seven', 'tavily']);
  expect(result._meta['mcpctl/fallback']).toEqual({
    for: { server: 'brave', tool: 'brave_web_search' },
    by: { server: 'tavily', tool: 'search' },
    reason: 'SERVER_UNREACHABLE',
  });
  // Both have a row: the data went to both.
  expect(
    rows.map(({ call }) => [call.server, call.notes.fallbackFor?.server, call.notes.answeredBy?.server]),
  ).toEqual([
    ['tavily', 'brave', undefined],
    ['brave', undefined, 'tavily'],
  ]);
});

test('a parameter that a stand-in may leave out is left out', async () => {
  const { run, asked } = searches(['brave', 'tavily']);
  expect((await run(brave())).result.content[0].text).toBe('exa');
  expect(asked.at(-1)).toEqual(['exa', 'find', { text: 'mcp' }]);
});

test('an argument nobody declared sends the call to nobody else', async () => {
  const { run, asked } = searches(['brave']);
  expect((await run(brave({ query: 'mcp', freshness: 'pd' }))).code).toBe('SERVER_UNREACHABLE');
  expect(asked).toHaveLength(1);
});

test('when all of them are down the first failure stands, with the web search of the client as the hint', async () => {
  const { run, asked } = searches(['brave', 'tavily', 'exa']);
  const error = await run(brave());

  expect([error.code, error.hint]).toEqual([
    'SERVER_UNREACHABLE',
    'Search the web with the own web search of the client for the time being. Nothing stood in: search of tavily (SERVER_UNREACHABLE), find of exa (SERVER_UNREACHABLE).',
  ]);
  // No stand-in looks for stand-ins of its own.
  expect(asked).toHaveLength(3);
});

test('writes, unknown stand-ins, and stand-ins that are not allowed stay out of it', async () => {
  const write = searches(['brave']);
  await write.run(brave(undefined, { intent: 'write' }));
  expect(write.asked).toHaveLength(1);

  const unknown = searches(['brave'], { describe: async () => ({ intent: 'unknown', isIdempotent: false }) });
  await unknown.run(brave());
  expect(unknown.asked).toHaveLength(1);

  const policy = createPolicy({ ...DEFAULT_SETTINGS.policy, deny: ['tavily'] }, { isRemote: () => false });
  const denied = searches(['brave'], { policy });
  expect((await denied.run(brave())).result.content[0].text).toBe('exa');
});
