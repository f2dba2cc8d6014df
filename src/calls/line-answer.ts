import { isRecord, type Json } from '../core/json.ts';
import { outcomeOf } from './call-facts.ts';
import type { ToolAnswer } from './tool-call.ts';

/** An answer without any of these is a result; names can be written with escapes. */
const TELLING = ['"isError"', '"error"', '"input_required"', '\\u'].map((text) => Buffer.from(text));

/** A response as an answer, read when somebody asks what it says. */
export function answerOf(line: Buffer): ToolAnswer {
  let facts: Omit<ToolAnswer, 'line'> | undefined;
  const read = (): Omit<ToolAnswer, 'line'> => {
    facts ??= TELLING.some((word) => line.includes(word)) ? factsOf(line) : OK;
    return facts;
  };
  return {
    line,
    get outcome() {
      return read().outcome;
    },
    get errorType() {
      return read().errorType;
    },
    get isPartial() {
      return read().isPartial === true;
    },
  };
}

const OK = { outcome: 'ok' } as const;

function factsOf(line: Buffer): Omit<ToolAnswer, 'line'> {
  const message = parsed(line);
  const { outcome, errorType } = outcomeOf(message);
  const result = isRecord(message) && isRecord(message.result) ? message.result : {};
  return {
    outcome: outcome as ToolAnswer['outcome'],
    ...(errorType !== undefined && { errorType }),
    ...(result.resultType === 'input_required' && { isPartial: true }),
  };
}

/** The result in a response. */
export function parsedResult(line: Buffer): Json | undefined {
  const message = parsed(line);
  return isRecord(message) ? (message.result as Json | undefined) : undefined;
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}
