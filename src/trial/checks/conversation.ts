import { canonicalJson } from '../../core/canonical-json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Era } from '../../mcp/greeting.ts';
import type { Check, Problem } from '../check.ts';
import { LIST_NAMES, LISTS, type ListName, nameOf } from '../definitions.ts';
import type { SampleCall } from '../samples.ts';
import type { Scene } from '../scene.ts';
import { type Answer, describeAnswer, isRefusal } from '../talk/answer.ts';
import type { Talk } from '../talk/talk.ts';

const ping: Check = {
  id: 'ping',
  eras: 'legacy',
  async examine(scene) {
    const answer = await (await scene.shared('legacy')).ask('ping');
    return answer.kind === 'result' ? [] : [{ message: `ping: it ${describeAnswer(answer)}` }];
  },
};

const idsKept: Check = {
  id: 'ids-kept',
  eras: 'each',
  async examine(scene, { era }) {
    const problems: Problem[] = [];
    for (const id of ['mcpctl-text', '77', 0, 987_654_321_098_765]) {
      const talk = await scene.shared(era);
      // Everybody answers an unknown method, and at once.
      const answer = await talk.ask('mcpctl/id', {}, { id });
      if (answer.kind === 'none') problems.push({ message: `no answer has the id ${JSON.stringify(id)}` });
    }
    return problems;
  },
};

const notificationsUnanswered: Check = {
  id: 'notifications-unanswered',
  eras: 'each',
  async examine(scene, { era }) {
    const talk = await scene.shared(era);
    const before = talk.lines.length;
    await talk.notify('notifications/mcpctl_unknown', { what: 'nothing' });
    const lost = await scene.survived(era);
    if (lost !== undefined) return [{ message: `after an unknown notification: ${lost}` }];
    const answered = talk.lines
      .slice(before)
      .find(
        ({ from, message }) => from === 'server' && !('method' in message) && (message.id ?? null) === null,
      );
    return answered ? [{ message: 'it answers a notification with a message of its own' }] : [];
  },
};

const cancellation: Check = {
  id: 'cancellation',
  eras: 'each',
  async examine(scene, { era }) {
    const talk = await scene.shared(era);
    await talk.notify('notifications/cancelled', { requestId: 'mcpctl-never-asked', reason: 'a test' });
    const lost = await scene.survived(era);
    if (lost !== undefined) return [{ message: `after a cancellation of what it was never asked: ${lost}` }];
    const slow = await slowSample(scene);
    return slow ? await cancelled(scene, era, slow) : [];
  },
};

/** Calls that take less are done before the cancellation comes. */
const SLOW_MS = 150;
const LONGEST_MS = 5_000;

async function slowSample(scene: Scene): Promise<SampleCall | undefined> {
  const slow = (await scene.samples()).filter(
    ({ duration, answer }) => duration >= SLOW_MS && duration < LONGEST_MS && answer.kind === 'result',
  );
  return slow.sort((a, b) => a.duration - b.duration)[0];
}

async function cancelled(scene: Scene, era: Era, slow: SampleCall): Promise<Problem[]> {
  const talk = await scene.shared(era);
  const subject = nameOf(slow.tool);
  const requestId = talk.begin('tools/call', { name: subject, arguments: slow.arguments });
  await talk.notify('notifications/cancelled', { requestId, reason: 'a test' });
  const lost = await scene.survived(era);
  if (lost !== undefined) return [{ subject, message: `after a cancellation: ${lost}` }];
  const answer = await talk.answerTo(requestId, slow.duration * 3 + 500);
  // What the server had done by then, or refuses, is no harm.
  if (answer.kind !== 'result' || answer.result.isError === true) return [];
  return [{ subject, severity: 'warning', message: 'it answers a call that was cancelled' }];
}

const parallelCalls: Check = {
  id: 'parallel-calls',
  eras: 'each',
  async examine(scene, { era }) {
    const kinds = [...(await requestsOf(scene)), ...(await steadyCalls(scene, era))];
    const talk = await scene.shared(era);
    const asked = Array.from({ length: ROUNDS }, () =>
      kinds.map((kind) => ({ kind, id: talk.begin(kind.method, kind.params) })),
    ).flat();
    const answers = await Promise.all(
      asked.map(async ({ kind, id }) => ({ kind, answer: await talk.answerTo(id) })),
    );
    const wrong = answers.filter(({ kind, answer }) => !kind.fits(answer));
    const [first] = wrong;
    if (!first) return [];
    const how = first.answer.kind === 'none' ? describeAnswer(first.answer) : 'got the answer of another';
    const message = `of ${asked.length} requests at once ${wrong.length} went wrong, the first: ${first.kind.label} ${how}`;
    await scene.survived(era);
    return [{ message }];
  },
};

const ROUNDS = 8;

interface Request {
  readonly label: string;
  readonly method: string;
  readonly params: JsonObject;
  fits(answer: Answer): boolean;
}

/** Requests whose answers cannot be taken for one another. */
async function requestsOf(scene: Scene): Promise<Request[]> {
  const { lists } = await scene.definitions();
  const names = LIST_NAMES.filter((name) => lists[name].pages.length > 0);
  const holds = (answer: Answer, name: ListName): boolean =>
    answer.kind === 'result' && Array.isArray(answer.result[name]);
  return [
    ...names.map((name) => ({
      label: LISTS[name].method,
      method: LISTS[name].method,
      params: {},
      fits: (answer: Answer) => holds(answer, name),
    })),
    {
      label: 'an unknown method',
      method: 'mcpctl/parallel',
      params: {},
      fits: (answer) => answer.kind !== 'none' && !names.some((name) => holds(answer, name)),
    },
  ];
}

const MOST_STEADY = 3;

/** Calls of tools that answer the same each time, whatever was called in between. */
async function steadyCalls(scene: Scene, era: Era): Promise<Request[]> {
  const talk = await scene.shared(era);
  const quick = (await scene.samples()).filter(
    (sample) => sample.answer.kind === 'result' && !isRefusal(sample.answer) && sample.duration < 1_000,
  );
  const calls = quick.map(({ tool, arguments: values }) => ({ name: nameOf(tool), arguments: values }));
  const steady: JsonObject[] = [];
  for (const params of calls) {
    if (steady.length === MOST_STEADY) break;
    const [first, second] = [await resultOf(talk, params), await resultOf(talk, params)];
    if (first !== undefined && first === second) steady.push(params);
  }
  const requests: Request[] = [];
  for (const params of steady) {
    const result = await resultOf(talk, params);
    requests.push({
      label: `a call of ${String(params.name)}`,
      method: 'tools/call',
      params,
      fits: (got) => got.kind === 'result' && canonicalJson(got.result) === result,
    });
  }
  return requests;
}

/** A result as one text that is the same for the same result. */
async function resultOf(talk: Talk, params: JsonObject): Promise<string | undefined> {
  const answer = await talk.ask('tools/call', params);
  return answer.kind === 'result' ? canonicalJson(answer.result) : undefined;
}

export const CONVERSATION_CHECKS: readonly Check[] = [
  ping,
  idsKept,
  notificationsUnanswered,
  cancellation,
  parallelCalls,
];
