import { type Implementation, implementationOf, intentOf } from '../../calls/call-facts.ts';
import { answerOf } from '../../calls/line-answer.ts';
import type { RawAnswer } from '../../calls/raw-answer.ts';
import type { ToolAnswer, ToolCall, TraceContext } from '../../calls/tool-call.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { withId } from '../../mcp/splice.ts';
import { isTool, type Tool } from '../../mcp/tools.ts';
import type { Origin } from './names.ts';
import type { HubRequest } from './questions.ts';
import { metaOf, type Seat } from './seat.ts';

/** A call with who it is for, so that its server's questions and progress find the way back. */
export interface HubCall extends ToolCall {
  readonly asker: HubRequest;
  readonly seat: Seat;
  /** Whose arguments nobody has seen a schema of yet: they are checked before its server is asked. */
  readonly unchecked?: { readonly server: string; readonly tool: Tool } | undefined;
}

export interface HubCallOptions {
  readonly request: HubRequest;
  readonly seat: Seat;
  readonly origin: Origin;
  /** As its server describes it. */
  readonly tool: JsonObject | undefined;
  readonly serverVersion: string | undefined;
  readonly trace: TraceContext;
  readonly startedAt: Date;
  /** Nobody who wrote its arguments may have seen the tool's schema. */
  readonly isUnchecked?: boolean;
}

export function hubCall({ request, seat, origin, tool, ...facts }: HubCallOptions): HubCall {
  const { client, message, line, id, signal } = request;
  const params = (isRecord(message.params) ? message.params : {}) as JsonObject;
  const annotations = isRecord(tool?.annotations) ? tool.annotations : {};
  const { trace, startedAt, serverVersion, isUnchecked } = facts;
  return {
    asker: request,
    seat,
    unchecked: isUnchecked && isTool(tool) ? { server: origin.server, tool } : undefined,
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

function clientInfo({ client, message }: HubRequest): Implementation | undefined {
  return client.era === 'legacy'
    ? client.hello.info
    : implementationOf(metaOf(message)['io.modelcontextprotocol/clientInfo']);
}

/** As `run` takes it: `_meta["mcpctl/cache"]` is `no-cache`. */
function asksFresh(meta: JsonObject): boolean {
  return meta['mcpctl/cache'] === 'no-cache';
}

/** The server's answer with the client's id. */
export function toolAnswer(id: string, { line }: RawAnswer): ToolAnswer {
  return answerOf(withId(line, id));
}
