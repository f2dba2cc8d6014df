import type { RawAnswer } from '../../calls/raw-answer.ts';
import type { JsonObject } from '../../core/json.ts';
import { resultOf } from '../../mcp/supervise/own-requests.ts';
import type { Tool } from '../../mcp/tools.ts';
import { type CheckCall, type CheckedCall, checkCall } from '../control/check-call.ts';
import { isSilent, whileWorking } from '../control/probe.ts';
import type { Conversation } from './pool.ts';

/** Questions of the gateway's own, below all layers: they count for no client. */

/** Milliseconds it took. An error it answers with is an answer. */
export async function ping(conversation: Conversation, timeoutMs: number): Promise<number> {
  const { server, program } = conversation.upstream;
  const begun = performance.now();
  await ask(conversation, { method: 'ping', params: {}, timeoutMs }).catch((error: unknown) => {
    throw program?.isWorking ? whileWorking(server, error) : error;
  });
  return performance.now() - begun;
}

/** `tools` as the server lists them. @throws that a sign-in is missing. */
export async function callHarmless(
  conversation: Conversation,
  call: CheckCall,
  tools: readonly Tool[] | undefined,
): Promise<CheckedCall> {
  return await checkCall({
    call,
    tools,
    async make(params, timeoutMs) {
      const { line } = await ask(conversation, { method: 'tools/call', params, timeoutMs });
      return resultOf(conversation.upstream.server, line);
    },
  });
}

interface Question {
  readonly method: string;
  readonly params: JsonObject;
  readonly timeoutMs: number;
}

async function ask(
  { upstream, seat }: Conversation,
  { method, params, timeoutMs }: Question,
): Promise<RawAnswer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(isSilent(upstream.server, timeoutMs)), timeoutMs);
  try {
    return await upstream.request({ method, params, signal: late.signal, capabilities: seat.capabilities });
  } finally {
    clearTimeout(timer);
  }
}
