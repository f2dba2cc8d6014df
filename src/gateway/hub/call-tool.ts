import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { withId } from '../../mcp/splice.ts';
import { type Implementation, implementationOf, intentOf } from '../call-facts.ts';
import type { ToolAnswer, ToolCall, TraceContext } from '../tool-call.ts';
import type { UpstreamAnswer } from '../upstream/upstream.ts';
import type { ClientRequest } from './client.ts';
import type { Origin } from './names.ts';
import { metaOf, type Seat } from './seat.ts';

/** A call with who it is for, so that its server's questions and progress find the way back. */
export interface HubCall extends ToolCall {
  readonly asker: ClientRequest;
  readonly seat: Seat;
}

export interface HubCallOptions {
  readonly request: ClientRequest;
  readonly seat: Seat;
  readonly origin: Origin;
  /** As its server describes it. */
  readonly tool: JsonObject | undefined;
  readonly serverVersion: string | undefined;
  readonly trace: TraceContext;
  readonly startedAt: Date;
}

export function hubCall({ request, seat, origin, tool, ...facts }: HubCallOptions): HubCall {
  const { client, message, line, id, signal } = request;
  const params = (isRecord(message.params) ? message.params : {}) as JsonObject;
  const annotations = isRecord(tool?.annotations) ? tool.annotations : {};
  const { trace, startedAt, serverVersion } = facts;
  return {
    asker: request,
    seat,
    via: 'gateway',
    principal: client.principal,
    client: clientInfo(request),
    server: origin.server,
    tool: origin.name,
    intent: intentOf(annotations),
    isIdempotent: annotations.idempotentHint === true,
    line,
    id,
    args: () => params.arguments,
    isFresh: asksFresh(metaOf(message)),
    isContinued: params.inputResponses !== undefined || params.requestState !== undefined,
    corr: trace.traceId,
    trace,
    startedAt,
    signal,
    notes: { attempt: 1, ...(serverVersion !== undefined && { serverVersion }) },
    life: { heardAt: performance.now(), asking: 0 },
  };
}

function clientInfo({ client, message }: ClientRequest): Implementation | undefined {
  return client.era === 'legacy'
    ? client.hello.info
    : implementationOf(metaOf(message)['io.modelcontextprotocol/clientInfo']);
}

/** As `run` takes it: `_meta["mcpctl/cache"]` is `no-cache`. */
function asksFresh(meta: JsonObject): boolean {
  return meta['mcpctl/cache'] === 'no-cache';
}

/** Longer answers are parsed only when they may tell of more than a result. */
const PARSE_UP_TO_BYTES = 8 * 1024;

/** The server's answer with the client's id. */
export function toolAnswer(id: string, { line, isError }: UpstreamAnswer): ToolAnswer {
  const answer = withId(line, id);
  if (!isError && line.length > PARSE_UP_TO_BYTES && !mayBeOther(line))
    return { line: answer, outcome: 'ok' };
  const message: unknown = JSON.parse(line.toString('utf8'));
  const { error, result } = (isRecord(message) ? message : {}) as { error?: Json; result?: Json };
  if (isError) {
    const code = isRecord(error) ? String(error.code) : '';
    return { line: answer, outcome: 'error', errorType: code };
  }
  const { isError: isFailure, resultType } = isRecord(result) ? result : {};
  if (isFailure === true) return { line: answer, outcome: 'tool_error', errorType: 'tool_error' };
  return { line: answer, outcome: 'ok', ...(resultType === 'input_required' && { isPartial: true }) };
}

function mayBeOther(line: Buffer): boolean {
  return line.includes('"isError"') || line.includes('input_required');
}
