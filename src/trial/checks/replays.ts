import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { createRedactor } from '../../core/redaction.ts';
import type { Check, Problem } from '../check.ts';
import { without } from '../examples/ignore.ts';
import { firstDifference } from '../examples/judge-example.ts';
import type { Recording } from '../examples/recording.ts';
import type { Scene } from '../scene.ts';
import { describeAnswer } from '../talk/answer.ts';
import type { Line, Talk } from '../talk/talk.ts';

/** A server may say which version it has become. */
const ALWAYS_IGNORED = ['result.serverInfo', 'result._meta'];

const replays: Check = {
  id: 'replays',
  eras: 'first',
  subjects: async ({ recordings }) => recordings.map(({ label }) => label),
  async examine(scene, { subject }) {
    const recording = scene.recordings.find(({ label }) => label === subject);
    if (!recording) return [];
    const isLegacy = recording.lines.some(({ message }) => message.method === 'initialize');
    const talk = await scene.start(isLegacy ? 'legacy' : 'modern', { reply: answersIn(recording) });
    try {
      return await replay(recording, talk, scene);
    } finally {
      await talk.close();
    }
  },
};

async function replay({ lines, label, ignore }: Recording, talk: Talk, scene: Scene): Promise<Problem[]> {
  const redact = createRedactor(scene.secrets);
  const problems: Problem[] = [];
  const methods = new Map<string, string>();
  for (const { from, message } of lines) {
    const { id, method, params } = message;
    const given = (isRecord(params) ? params : {}) as JsonObject;
    if (from === 'client' && typeof method === 'string') {
      if (typeof id === 'string' || typeof id === 'number') {
        methods.set(JSON.stringify(id), method);
        talk.begin(method, given, { id, bare: true });
      } else await talk.notify(method, given, { bare: true });
      continue;
    }
    if (from === 'client' || method !== undefined || (typeof id !== 'string' && typeof id !== 'number'))
      continue;
    const answer = await talk.answerTo(id);
    const asked = methods.get(JSON.stringify(id)) ?? 'a request';
    const got = talk.lines.findLast(
      (line) => line.from === 'server' && line.message.id === id && line.message.method === undefined,
    );
    const problem = got
      ? firstDifference(
          comparable(got.message, ignore, redact),
          comparable(message, ignore, (text) => text),
          '',
        )
      : `it ${describeAnswer(answer)}`;
    if (problem !== undefined) problems.push({ subject: label, message: `${asked}: ${problem}` });
  }
  return problems;
}

function comparable(message: JsonObject, ignore: readonly string[], redact: (text: string) => string): Json {
  const { result, error } = message;
  const outcome: JsonObject = {
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
  };
  const kept = without(outcome, [...ALWAYS_IGNORED, ...ignore]);
  return JSON.parse(redact(JSON.stringify(kept))) as Json;
}

/** What the recorded client answered to requests of the server: by method, in their order. */
function answersIn({ lines }: Recording): (method: string) => JsonObject | undefined {
  const asked = new Map<string, string>();
  const answers = new Map<string, JsonObject[]>();
  for (const { from, message } of lines) {
    const key = JSON.stringify(message.id);
    if (from === 'server' && typeof message.method === 'string' && 'id' in message)
      asked.set(key, message.method);
    const method = asked.get(key);
    if (!isAnswerOfClient({ from, message }) || method === undefined) continue;
    const { result, error } = message;
    answers.set(method, [
      ...(answers.get(method) ?? []),
      { ...(result !== undefined && { result }), ...(error !== undefined && { error }) },
    ]);
  }
  return (method) => answers.get(method)?.shift();
}

function isAnswerOfClient({ from, message }: Line): boolean {
  return from === 'client' && message.method === undefined && 'id' in message;
}

export const REPLAY_CHECKS: readonly Check[] = [replays];
