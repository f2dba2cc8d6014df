import type { TraceContext } from '../../calls/tool-call.ts';
import { carriedTrace } from '../../calls/trace.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { UpstreamRequest } from '../upstream/upstream.ts';
import { reachesLevel } from './log-level.ts';
import { notificationLine } from './messages.ts';
import type { HubRequest } from './questions.ts';
import { metaOf, type Seat } from './seat.ts';

export interface PassedOn {
  readonly request: HubRequest;
  readonly seat: Seat;
  readonly params: JsonObject;
  /** Its bytes may be passed on. */
  readonly line?: Buffer | undefined;
  readonly signal: StopSignal;
  readonly trace?: TraceContext;
  /** Of `logging/setLevel`, for clients of the legacy era. */
  readonly logLevel?: string | undefined;
  /** Something was heard of it. */
  readonly heard?: (() => void) | undefined;
  readonly ask?: UpstreamRequest['ask'];
}

const OURS = 'io.modelcontextprotocol/';
const LOG_LEVEL = `${OURS}logLevel`;

/** A client's request as its server gets it: with the server's own names, and without what is between us and the client. */
export function upstreamRequest(passed: PassedOn): UpstreamRequest {
  const { request, seat, line, signal, trace, ask, heard } = passed;
  const { client, message } = request;
  const meta = metaOf(message);
  const token = meta.progressToken;
  const logLevel = client.era === 'modern' ? textOf(meta[LOG_LEVEL]) : passed.logLevel;
  return {
    method: request.method,
    params: withoutOurs(passed.params),
    signal,
    capabilities: seat.capabilities,
    passesInput: client.era === 'modern' && request.isAnsweredHere !== true,
    line,
    logLevel,
    trace: trace && carriedTrace(trace),
    ask,
    progress:
      token === undefined && !heard
        ? undefined
        : (params) => {
            heard?.();
            if (token === undefined) return;
            request.notify(notificationLine('notifications/progress', { ...params, progressToken: token }));
          },
    logged(params) {
      // Of the modern era: nothing is logged unless the request asked for it.
      if (client.era === 'modern' && logLevel === undefined) return;
      if (!reachesLevel(params.level, logLevel)) return;
      request.notify(notificationLine('notifications/message', params));
    },
  };
}

function withoutOurs(params: JsonObject): JsonObject {
  if (!isRecord(params._meta)) return params;
  const { _meta, ...rest } = params;
  const kept = Object.entries(_meta as JsonObject).filter(
    ([key]) => key !== 'progressToken' && !key.startsWith(OURS),
  );
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
