import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { checkSchema } from '../../mcp/schema.ts';
import { type Answer, describeAnswer, excerpt } from '../talk/answer.ts';
import type { Example } from './example-file.ts';
import { without } from './ignore.ts';

export interface Judged {
  /** Milliseconds the call took. */
  readonly duration: number;
  /** The answer that is kept; undefined where the example has no snapshot. */
  readonly snapshot: JsonObject | undefined;
}

/** What an answer lacks of what an example expects, a line each. */
export async function judgeExample(
  { expect = {} }: Example,
  answer: Answer,
  { duration, snapshot }: Judged,
): Promise<string[]> {
  const isRefused = answer.kind === 'error' || (answer.kind === 'result' && answer.result.isError === true);
  if (answer.kind === 'none') return [`it ${answer.reason}`];
  const text = textOf(answer);
  if (isRefused !== (expect.isError ?? false)) {
    return [
      isRefused
        ? `it ${describeAnswer(answer)}: ${excerpt(text)}`
        : 'it answered, and a refusal was expected',
    ];
  }
  const result = answer.kind === 'result' ? answer.result : {};
  const value = without(
    comparedOf(result, text),
    (expect.ignore ?? []).map((path) => path.replace(/^structuredContent\.?/, '')),
  );
  return [
    ...(expect.equals !== undefined ? equalsProblem(value, expect.equals) : []),
    ...(expect.contains !== undefined ? containsProblem(value, text, expect.contains) : []),
    ...(expect.matches !== undefined && !new RegExp(expect.matches, 's').test(text)
      ? [`the text ${JSON.stringify(excerpt(text))} does not match ${expect.matches}`]
      : []),
    ...(expect.schema ? await schemaLines(expect.schema, value) : []),
    ...(expect.snapshot ? snapshotProblem(keptOf(answer, expect.ignore), snapshot) : []),
    ...(expect.within !== undefined && duration > expect.within
      ? [`it took ${Math.round(duration)} ms, more than ${expect.within}`]
      : []),
  ];
}

/** What a snapshot keeps of an answer. */
export function keptOf(answer: Answer, ignore: readonly string[] = []): JsonObject {
  if (answer.kind === 'error') return { error: { code: answer.code as Json, message: answer.message } };
  if (answer.kind === 'none') return {};
  const { content, structuredContent, isError } = answer.result;
  const kept: JsonObject = {
    ...(structuredContent !== undefined && { structuredContent }),
    // The text says the same in other words.
    ...(structuredContent === undefined && content !== undefined && { content }),
    ...(isError === true && { isError }),
  };
  return without(kept, ignore) as JsonObject;
}

function snapshotProblem(kept: JsonObject, snapshot: JsonObject | undefined): string[] {
  if (!snapshot) return ['it has no snapshot yet: --update writes one'];
  const problem = firstDifference(kept, snapshot, '');
  return problem === undefined ? [] : [`not as in its snapshot: ${problem}`];
}

/** All texts of an answer. */
function textOf(answer: Answer): string {
  if (answer.kind === 'error') return answer.message;
  if (answer.kind === 'none') return '';
  const { content } = answer.result;
  const items = (Array.isArray(content) ? content : []).filter(isRecord) as JsonObject[];
  return items.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])).join('\n');
}

function comparedOf({ structuredContent }: JsonObject, text: string): Json {
  if (structuredContent !== undefined) return structuredContent;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function equalsProblem(value: Json, wanted: Json): string[] {
  const problem = firstDifference(value, wanted, '');
  return problem === undefined ? [] : [problem];
}

function containsProblem(value: Json, text: string, wanted: string | string[] | JsonObject): string[] {
  if (isRecord(wanted)) {
    const problem = missingMember(value, wanted as JsonObject, '');
    return problem === undefined ? [] : [problem];
  }
  const whole = text === '' ? JSON.stringify(value) : text;
  return [wanted]
    .flat()
    .flatMap((one) =>
      whole.includes(one)
        ? []
        : [`the text ${JSON.stringify(excerpt(whole))} does not contain ${JSON.stringify(one)}`],
    );
}

async function schemaLines(schema: JsonObject, value: Json): Promise<string[]> {
  const { problems, unusable } = await checkSchema(schema, value);
  if (unusable !== undefined) return [`the schema of the example cannot be used: ${unusable}`];
  return problems.map(({ path, message }) => `${path === '' ? 'the answer' : path} ${message}`);
}

/** Where two values differ first, in words. */
export function firstDifference(
  value: Json | undefined,
  wanted: Json | undefined,
  path: string,
): string | undefined {
  const keys = keysOfBoth(value, wanted);
  if (!keys) {
    if (value === wanted || JSON.stringify(value) === JSON.stringify(wanted)) return undefined;
    return `${path === '' ? 'the answer' : path} is ${shown(value)}, and ${shown(wanted)} was expected`;
  }
  for (const key of keys) {
    const problem = firstDifference(memberOf(value, key), memberOf(wanted, key), inside(path, key));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What either of two objects or two lists has; undefined for anything else. */
function keysOfBoth(
  value: Json | undefined,
  wanted: Json | undefined,
): readonly (string | number)[] | undefined {
  if (isRecord(value) && isRecord(wanted)) {
    return [...new Set([...Object.keys(wanted), ...Object.keys(value)])];
  }
  if (!Array.isArray(value) || !Array.isArray(wanted)) return undefined;
  return Array.from({ length: Math.max(value.length, wanted.length) }, (_, index) => index);
}

function memberOf(holder: Json | undefined, key: string | number): Json | undefined {
  return (holder as Record<string | number, Json>)[key];
}

function inside(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function missingMember(value: Json | undefined, wanted: Json, path: string): string | undefined {
  if (!isRecord(wanted)) return firstDifference(value, wanted, path);
  if (!isRecord(value)) return `${path === '' ? 'the answer' : path} is ${shown(value)}, and no object`;
  for (const [key, item] of Object.entries(wanted as JsonObject)) {
    const problem = missingMember((value as JsonObject)[key], item, inside(path, key));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'missing' : excerpt(JSON.stringify(value), 80);
}
