import type { RawAnswer } from '../../calls/raw-answer.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { partlySent } from '../../core/never-sent.ts';
import { RpcRefusal } from '../../mcp/peer.ts';
import { valueAt } from '../../mcp/splice.ts';
import type { RequestInput } from './request-line.ts';
import type { UpstreamRequest } from './upstream.ts';

const MOST_ROUNDS = 10;

export interface InputRoundsOptions {
  readonly server: string;
  readonly request: Pick<UpstreamRequest, 'ask' | 'passesInput' | 'method'>;
  /** Sends the request, with what its user said after the first time. */
  send(input: RequestInput | undefined): Promise<RawAnswer>;
}

/**
 * Asks the client what a modern server wants to know before it answers, as often as it does.
 * @throws SERVER_PROTOCOL when there is nobody to ask or no end to it, RpcRefusal when the client refuses.
 */
export async function playInput({ server, request, send }: InputRoundsOptions): Promise<RawAnswer> {
  let input: RequestInput | undefined;
  for (let round = 0; round <= MOST_ROUNDS; round += 1) {
    const answer = await send(input).catch((error: unknown) => {
      throw input && error instanceof McpctlError ? partlySent(error) : error;
    });
    if (request.passesInput || answer.isError || !isInputRequired(answer.line)) return answer;
    input = {
      responses: await responsesTo(answer.line, server, request),
      state: valueAt(answer.line, ['result', 'requestState'])?.toString(),
    };
  }
  throw new McpctlError('SERVER_PROTOCOL', `${server} asked for input more than ${MOST_ROUNDS} times.`, {
    data: { server },
  });
}

function isInputRequired(line: Buffer): boolean {
  if (!line.includes('input_required')) return false;
  return valueAt(line, ['result', 'resultType'])?.toString() === '"input_required"';
}

/** JSON text of the answers, one after another: people are asked one thing at a time. */
async function responsesTo(
  line: Buffer,
  server: string,
  { ask, method }: InputRoundsOptions['request'],
): Promise<string | undefined> {
  const text = valueAt(line, ['result', 'inputRequests'])?.toString();
  const asked: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isRecord(asked)) return undefined;
  if (!ask) {
    throw new McpctlError('SERVER_PROTOCOL', `${server} asked for input that nobody here can give.`, {
      data: { server, method },
    });
  }
  const responses: [string, JsonObject][] = [];
  for (const [key, question] of Object.entries(asked)) {
    if (!isRecord(question)) continue;
    const { method: wanted, params } = question;
    responses.push([
      key,
      await answerOf(ask, String(wanted), (isRecord(params) ? params : {}) as JsonObject),
    ]);
  }
  return JSON.stringify(Object.fromEntries(responses));
}

/** A refusal has no form of its own among the answers; to a form it is said as what the user would have done. */
async function answerOf(
  ask: NonNullable<UpstreamRequest['ask']>,
  method: string,
  params: JsonObject,
): Promise<JsonObject> {
  try {
    return await ask(method, params);
  } catch (error) {
    if (error instanceof RpcRefusal && method === 'elicitation/create') return { action: 'cancel' };
    throw error;
  }
}
