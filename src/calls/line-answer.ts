import { isRecord, type Json } from '../core/json.ts';
import { outcomeOf } from './call-facts.ts';
import type { ToolAnswer } from './tool-call.ts';

/** An answer without any of these is a result; names can be written with escapes. */
const TELLING = ['"isError"', '"error"', '"input_required"', '\\u'].map((text) => Buffer.from(text));

/** A response as an answer, read when somebody asks what it says. */
export function answerOf(line: Buffer): ToolAnswer {
  return new LineAnswer(line);
}

type Facts = Omit<ToolAnswer, 'line'>;

class LineAnswer implements ToolAnswer {
  readonly line: Buffer;
  #known: Facts | undefined;

  constructor(line: Buffer) {
    this.line = line;
  }

  get outcome(): ToolAnswer['outcome'] {
    return this.#facts.outcome;
  }

  get errorType(): string | undefined {
    return this.#facts.errorType;
  }

  get isPartial(): boolean {
    return this.#facts.isPartial === true;
  }

  get #facts(): Facts {
    this.#known ??= TELLING.some((word) => this.line.includes(word)) ? factsOf(this.line) : OK;
    return this.#known;
  }
}

const OK: Facts = { outcome: 'ok' };

function factsOf(line: Buffer): Facts {
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
