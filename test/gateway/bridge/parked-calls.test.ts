import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { StopSignal } from '../../../src/core/stop.ts';
import type { ParkableRequest, RunningCall } from '../../../src/gateway/bridge/parked-call.ts';
import {
  type CallHandler,
  createParkedCalls,
  type ParkedCalls,
} from '../../../src/gateway/bridge/parked-calls.ts';

const CAPABILITIES = { elicitation: {}, sampling: {}, roots: {} };
const PARAMS = { name: 'greet', arguments: { polite: true } };
const FORM = { message: 'Who?', requestedSchema: { type: 'object', properties: {} } };
const ADA = { action: 'accept', content: { name: 'Ada' } };

let now = 0;
let parked: ParkedCalls;
let runs = 0;

beforeEach(() => {
  now = 1_000_000;
  runs = 0;
  parked = createParkedCalls({ key: Buffer.alloc(32, 1), now: () => now, mostParked: 2, ttlMs: 60_000 });
});

function request(params: JsonObject = PARAMS, more: Partial<ParkableRequest> = {}): ParkableRequest {
  return {
    principal: 'local',
    method: 'tools/call',
    params,
    id: '1',
    capabilities: CAPABILITIES,
    signal: new AbortController().signal,
    notify: () => {},
    ...more,
  };
}

const line = (result: object): Buffer => Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));

/** Asks for a name, once. */
const greet: CallHandler = async ({ ask }) => {
  runs += 1;
  const { content } = await ask('elicitation/create', FORM);
  return line({ text: `hello ${(content as JsonObject | undefined)?.name}` });
};

// biome-ignore lint/suspicious/noExplicitAny: tests know what they asked for.
async function run(asked: ParkableRequest, handler: CallHandler = greet): Promise<any> {
  return JSON.parse((await parked.run(asked, handler)).toString('utf8'));
}

const retry = ({ requestState }: JsonObject, inputResponses: JsonObject, params = PARAMS): JsonObject => ({
  ...params,
  inputResponses,
  ...(requestState !== undefined && { requestState }),
});

test('answers at once what asks nothing', async () => {
  expect(await run(request(), async () => line({ text: 'hi' }))).toEqual({
    jsonrpc: '2.0',
    id: 1,
    result: { text: 'hi' },
  });
  expect(parked.size).toBe(0);
});

test('passes a failure on', async () => {
  const failing = async (): Promise<Buffer> => {
    throw new RangeError('no');
  };

  await expect(run(request(), failing)).rejects.toThrow('no');
});

test('hands out a question, and goes on with the same call when it is answered', async () => {
  const { id, result } = await run(request());

  expect(id).toBe(1);
  expect(result).toEqual({
    resultType: 'input_required',
    inputRequests: { input1: { method: 'elicitation/create', params: FORM } },
    requestState: expect.any(String),
  });
  expect(await run(request(retry(result, { input1: ADA }), { id: '"two"' }))).toEqual({
    jsonrpc: '2.0',
    id: 'two',
    result: { text: 'hello Ada' },
  });
  expect(runs).toBe(1);
  expect(parked.size).toBe(0);
});

test('hands out together what is asked together, and again what was not answered', async () => {
  const both: CallHandler = async ({ ask }) => {
    const [who, where] = await Promise.all([ask('elicitation/create', FORM), ask('roots/list', {})]);
    return line({ who, where });
  };
  const { result: first } = await run(request(), both);
  expect(Object.keys(first.inputRequests)).toEqual(['input1', 'input2']);

  const { result: second } = await run(request(retry(first, { input1: ADA, input9: {} })));
  expect(Object.keys(second.inputRequests)).toEqual(['input2']);

  const { result: third } = await run(request(retry(second, { input2: { roots: [] } })));
  expect(third).toEqual({ who: ADA, where: { roots: [] } });
});

test('goes through several rounds', async () => {
  const rounds: CallHandler = async ({ ask }) => {
    for (let round = 0; round < 3; round += 1) await ask('elicitation/create', { ...FORM, round });
    return line({ done: true });
  };
  let { result } = await run(request(), rounds);
  for (const key of ['input1', 'input2', 'input3']) {
    expect(Object.keys(result.inputRequests)).toEqual([key]);
    ({ result } = await run(request(retry(result, { [key]: ADA }))));
  }

  expect(result).toEqual({ done: true });
});

describe('a retry is refused', () => {
  const refused = { code: -32602, message: expect.any(String) };

  test.each([
    [
      'of another principal',
      (state: JsonObject) => request(retry(state, { input1: ADA }), { principal: 'eve' }),
    ],
    [
      'with another method',
      (state: JsonObject) => request(retry(state, { input1: ADA }), { method: 'prompts/get' }),
    ],
    [
      'with other arguments',
      (state: JsonObject) =>
        request(retry(state, { input1: ADA }, { name: 'greet', arguments: { polite: false } })),
    ],
    [
      'for another tool',
      (state: JsonObject) => request(retry(state, { input1: ADA }, { ...PARAMS, name: 'delete' })),
    ],
    [
      'with a state that was changed',
      ({ requestState }: JsonObject) =>
        request(retry({ requestState: `${String(requestState).slice(0, -2)}AA` }, { input1: ADA })),
    ],
    [
      'with a state that lives longer',
      ({ requestState }: JsonObject) =>
        request(
          retry(
            { requestState: String(requestState).replace(/\.(\d+)\.([^.]+)$/, '.9$1.$2') },
            { input1: ADA },
          ),
        ),
    ],
    ['with what is no answer', (state: JsonObject) => request(retry(state, { input1: { roots: [] } }))],
    [
      'with no object of answers',
      ({ requestState }: JsonObject) =>
        request({ ...PARAMS, inputResponses: null, ...(requestState !== undefined && { requestState }) }),
    ],
  ])('%s, and the right one still goes through', async (_name, wrong) => {
    const { result } = await run(request());

    expect((await run(wrong(result))).error).toEqual(refused);
    expect((await run(request(retry(result, { input1: ADA })))).result).toEqual({ text: 'hello Ada' });
    expect(runs).toBe(1);
  });

  test('the second time', async () => {
    const { result } = await run(request());
    const again = (): Promise<{ result?: object; error?: object }> =>
      run(request(retry(result, { input1: ADA })));
    const answers = await Promise.all([again(), again(), again()]);

    expect(answers.filter((answer) => answer.result)).toHaveLength(1);
    expect((await again()).error).toEqual(refused);
    expect(runs).toBe(1);
  });

  test('with the state of an earlier round', async () => {
    const twice: CallHandler = async ({ ask }) => {
      await ask('elicitation/create', FORM);
      await ask('elicitation/create', FORM);
      return line({ done: true });
    };
    const { result: first } = await run(request(), twice);
    const { result: second } = await run(request(retry(first, { input1: ADA })));

    expect((await run(request(retry(first, { input2: ADA })))).error).toEqual(refused);
    expect((await run(request(retry(second, { input2: ADA })))).result).toEqual({ done: true });
  });

  test('when it comes too late', async () => {
    const { result } = await run(request());
    now += 60_000;

    expect((await run(request(retry(result, { input1: ADA })))).error).toEqual(refused);
  });
});

test('leaves the state of a server alone', async () => {
  const params = { ...PARAMS, requestState: 'abc.def' };

  expect(await run(request(params), async () => line({ theirs: true }))).toMatchObject({
    result: { theirs: true },
  });
});

test('cancels a call nobody comes back for', async () => {
  parked = createParkedCalls({ key: Buffer.alloc(32, 1), now: () => now, mostParked: 2, ttlMs: 50 });
  let running: RunningCall | undefined;
  const { result } = await run(request(), async (call) => {
    running = call;
    return await greet(call);
  });
  await expect.poll(() => running?.signal.aborted, { timeout: 60_000 }).toBe(true);

  expect(parked.size).toBe(0);
  expect((await run(request(retry(result, { input1: ADA })))).error.code).toBe(-32602);
});

test('cancels a call whose client gives up, and all of them in the end', async () => {
  const client = new AbortController();
  const stuck: CallHandler = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const given = run(request(PARAMS, { signal: client.signal }), stuck);
  client.abort();
  await expect(given).rejects.toMatchObject({ code: 'CANCELLED' });

  let signal: StopSignal | undefined;
  await run(request(), (call) => {
    signal = call.signal;
    return greet(call);
  });
  parked.close();
  expect(signal?.aborted).toBe(true);
});

test('parks no more than so many calls of one principal', async () => {
  await run(request());
  await run(request());

  await expect(run(request())).rejects.toMatchObject({ code: 'SERVER_BUSY' });
  expect((await run(request(PARAMS, { principal: 'other' }))).result.resultType).toBe('input_required');
});

test('asks nothing the client does not answer', async () => {
  const asks: CallHandler = async ({ ask }) => {
    const refusal = await ask('sampling/createMessage', {}).catch(({ code }: { code: number }) => ({ code }));
    return line(refusal);
  };

  expect((await run(request(PARAMS, { capabilities: { elicitation: {} } }), asks)).result).toEqual({
    code: -32601,
  });
});

test('keeps an outcome that came while nobody waited', async () => {
  let settle = (): void => {};
  const gate = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const { result } = await run(request(), async ({ ask }) => {
    ask('elicitation/create', FORM).catch(() => {});
    await gate;
    return line({ done: true });
  });
  settle();
  await new Promise(setImmediate);

  expect((await run(request(retry(result, {})))).result).toEqual({ done: true });
});

test('tells progress under the token of who waits', async () => {
  const told: string[] = [];
  const notify = (bytes: Buffer): void => void told.push(bytes.toString());
  const progress = (token: string): string =>
    `{"method":"notifications/progress","params":{"progressToken":"${token}","progress":1}}`;
  const steps: CallHandler = async ({ ask, notify: tell }) => {
    for (let step = 0; step < 3; step += 1) {
      tell(Buffer.from(progress('a')));
      await ask('elicitation/create', FORM);
    }
    return line({ done: true });
  };
  const { result: first } = await run(
    request({ ...PARAMS, _meta: { progressToken: 'a' } }, { notify }),
    steps,
  );
  const again = retry(first, { input1: ADA });
  const { result: second } = await run(request({ ...again, _meta: { progressToken: 'b' } }, { notify }));
  await run(request(retry(second, { input2: ADA }), { notify }));

  expect(told).toEqual([progress('a'), progress('b')]);
});
