import { intentOf } from '../../calls/call-facts.ts';
import { asKnown, needsSignIn } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { excerpt, textIn } from '../../mcp/answer-text.ts';
import type { Tool } from '../../mcp/tools.ts';

/** A harmless call that shows whether a server that answers works as well. */
export interface CheckCall {
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** What came of it. */
export interface CheckedCall {
  /** `refused`: it was not made. */
  readonly outcome: 'ok' | 'failed' | 'refused';
  /** Time it took, in milliseconds; 0 where it was not made. */
  readonly ms: number;
  /** Why it failed, in the server's words, or why it was not made. */
  readonly message?: string;
}

export interface CheckCallOptions {
  readonly call: CheckCall;
  /** As the server lists them; undefined where nobody knows. */
  readonly tools: readonly Tool[] | undefined;
  /** Gets the tool's answer. Rejects with why there is none. */
  make(params: JsonObject, timeoutMs: number): Promise<Readonly<Record<string, unknown>>>;
}

/** Longest wait for its answer, in milliseconds: a tool may have to ask somebody else. */
export const LONGEST_CALL_MS = 15_000;

/**
 * Makes the call, where the server lists the tool and does not say that it changes something.
 * @throws that a sign-in is missing, and nothing else.
 */
export async function checkCall({ call, tools, make }: CheckCallOptions): Promise<CheckedCall> {
  const refusal = refusalOf(call.tool, tools);
  if (refusal !== undefined) return { outcome: 'refused', ms: 0, message: refusal };
  const begun = performance.now();
  try {
    const params = { name: call.tool, arguments: call.arguments };
    const { isError, content } = await make(params, LONGEST_CALL_MS);
    const ms = performance.now() - begun;
    if (isError !== true) return { outcome: 'ok', ms };
    return { outcome: 'failed', ms, message: excerpt(textIn(content)) || 'it does not say why' };
  } catch (error) {
    const known = asKnown(error);
    if (needsSignIn(known)) throw known;
    return { outcome: 'failed', ms: performance.now() - begun, message: excerpt(known.message) };
  }
}

function refusalOf(name: string, tools: CheckCallOptions['tools']): string | undefined {
  const tool = tools?.find((each) => each.name === name);
  if (!tool) return 'The server does not list the tool.';
  const intent = intentOf(tool.annotations);
  return intent === 'write' || intent === 'destructive'
    ? 'The tool says that it changes something.'
    : undefined;
}
