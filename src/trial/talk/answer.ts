import { isRecord, type JsonObject } from '../../core/json.ts';

/** What became of a request. */
export type Answer =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'error'; readonly code: unknown; readonly message: string; readonly data: unknown }
  /** `why`: it took too long, the connection or program ended, or the message was refused before it was read. */
  | { readonly kind: 'none'; readonly why: 'silence' | 'ended' | 'refused'; readonly reason: string };

/** A message that has a result or an error, as an answer. */
export function answerOf(message: JsonObject): Answer {
  const { result, error } = message;
  if (error === undefined) return { kind: 'result', result: (isRecord(result) ? result : {}) as JsonObject };
  const {
    code,
    message: text,
    data,
  } = isRecord(error) ? error : { code: error, message: '', data: undefined };
  return { kind: 'error', code, message: String(text ?? ''), data };
}

/** True for a refusal: a JSON-RPC error, or a result that says that it is one. */
export function isRefusal(answer: Answer): boolean {
  return answer.kind === 'error' || (answer.kind === 'result' && answer.result.isError === true);
}

/** What was answered, for a sentence: `answered with the error -32601 (…)`. */
export function describeAnswer(answer: Answer): string {
  switch (answer.kind) {
    case 'result':
      return answer.result.isError === true ? 'answered with isError' : 'answered with a result';
    case 'error':
      return `answered with the error ${String(answer.code)}${answer.message === '' ? '' : ` (${excerpt(answer.message)})`}`;
    case 'none':
      return answer.reason;
  }
}

/** The start of a text on one line. */
export function excerpt(text: string, length = 120): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
