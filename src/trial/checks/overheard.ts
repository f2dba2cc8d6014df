import { isRecord, type JsonObject } from '../../core/json.ts';
import type { Check, Problem } from '../check.ts';
import type { Scene } from '../scene.ts';
import { excerpt } from '../talk/answer.ts';
import type { Line } from '../talk/talk.ts';

const stdoutClean: Check = {
  id: 'stdout-clean',
  eras: 'first',
  only: 'stdio',
  async examine({ junk }) {
    const [first] = junk;
    if (first === undefined) return [];
    return [{ message: `${junk.length} lines are no messages, the first: ${excerpt(first)}` }];
  },
};

const messageForm: Check = {
  id: 'message-form',
  eras: 'first',
  examine: async (scene) => distinct(heardBy(scene).flatMap(formProblem)),
};

function formProblem(message: JsonObject): string[] {
  const { jsonrpc, method, id } = message;
  if (jsonrpc !== '2.0') return [`a message has jsonrpc ${JSON.stringify(jsonrpc) ?? 'undefined'}`];
  if (method !== undefined)
    return typeof method === 'string' ? [] : ['a message has a method that is no text'];
  const hasResult = 'result' in message;
  const hasError = 'error' in message;
  if (hasResult === hasError)
    return [`an answer has ${hasResult ? 'both result and error' : 'neither result nor error'}`];
  if (hasResult) return isRecord(message.result) ? [] : ['an answer has a result that is no object'];
  const { error } = message;
  if (!isRecord(error)) return ['an answer has an error that is no object'];
  const isCode = typeof error.code === 'number' && Number.isInteger(error.code);
  const problems = isCode ? [] : [`an error has the code ${JSON.stringify(error.code) ?? 'undefined'}`];
  if (typeof error.message !== 'string') problems.push('an error has no message');
  const isId = typeof id === 'string' || typeof id === 'number' || id === null || id === undefined;
  return isId ? problems : [...problems, 'an answer has an id that is neither text nor number'];
}

const answersOnce: Check = {
  id: 'answers-once',
  eras: 'first',
  examine: async ({ talks }) => distinct(talks.flatMap(({ lines }) => answeredTwice(lines))),
};

function answeredTwice(lines: readonly Line[]): string[] {
  const open = new Map<string, { method: string; answers: number }>();
  return lines.flatMap(({ from, message }) => {
    if (!('id' in message) || (message.id ?? null) === null) return [];
    const key = JSON.stringify(message.id);
    if (from === 'client') {
      if ('method' in message) open.set(key, { method: String(message.method), answers: 0 });
      return [];
    }
    if ('method' in message) return [];
    const request = open.get(key);
    if (!request) return [`it answers the id ${key}, which was not asked`];
    request.answers += 1;
    return request.answers === 2 ? [`it answers ${request.method} twice`] : [];
  });
}

const progress: Check = {
  id: 'progress',
  eras: 'first',
  async examine(scene) {
    await scene.samples();
    const isProgress = ({ method }: JsonObject): boolean => method === 'notifications/progress';
    if (!heardBy(scene).some(isProgress)) return { skipped: 'no call reported progress' };
    return distinct(scene.talks.flatMap(({ lines }) => progressProblems(lines)));
  },
};

/** A call that asked for progress. */
interface Watched {
  /** Of the request, as JSON. */
  readonly id: string;
  last: number;
  isDone: boolean;
}

function progressProblems(lines: readonly Line[]): string[] {
  const tokens = new Map<string, Watched>();
  return lines.flatMap(({ from, message }) => {
    const { method, id } = message;
    if (from === 'client') {
      const token = tokenIn(message);
      const watched = { id: JSON.stringify(id), last: Number.NEGATIVE_INFINITY, isDone: false };
      if (token !== undefined) tokens.set(token, watched);
    } else if (method === undefined) {
      const done = [...tokens.values()].find((watched) => watched.id === JSON.stringify(id));
      if (done) done.isDone = true;
    } else if (method === 'notifications/progress') return progressProblem(message, tokens);
    return [];
  });
}

function progressProblem({ params }: JsonObject, tokens: ReadonlyMap<string, Watched>): string[] {
  const { progressToken, progress: value } = isRecord(params) ? params : {};
  const watched = tokens.get(JSON.stringify(progressToken) ?? '');
  if (!watched) return ['it reports progress under a token no call gave'];
  if (watched.isDone) return ['it reports progress of a call it had answered'];
  if (typeof value !== 'number') return ['it reports progress that is no number'];
  const { last } = watched;
  watched.last = value;
  return value > last ? [] : [`progress goes from ${last} to ${value}`];
}

/** The token under which a request wants its progress, as JSON. */
function tokenIn({ params }: JsonObject): string | undefined {
  const meta = isRecord(params) && isRecord(params._meta) ? params._meta : {};
  return JSON.stringify(meta.progressToken);
}

function heardBy({ talks }: Scene): JsonObject[] {
  return talks.flatMap(({ lines }) =>
    lines.flatMap(({ from, message }) => (from === 'server' ? [message] : [])),
  );
}

function distinct(messages: readonly string[]): Problem[] {
  return [...new Set(messages)].slice(0, MOST).map((message) => ({ message }));
}

const MOST = 10;

/** What is judged by all that was said in the other checks, so that they come last. */
export const OVERHEARD_CHECKS: readonly Check[] = [progress, answersOnce, messageForm, stdoutClean];
