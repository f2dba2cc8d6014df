import type { Implementation } from '../../calls/call-facts.ts';
import type { TraceContext } from '../../calls/tool-call.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { Era } from '../../mcp/greeting.ts';

/**
 * Somebody who speaks to the gateway: in the legacy era a session, in the modern era one principal on one front. A
 * front makes it; the hub answers it.
 */
export interface GatewayClient {
  /** Unique in this process. */
  readonly id: string;
  readonly era: Era;
  /** `local`, or the name of the token. */
  readonly principal: string;
  /** The one server it asked for (`/mcp/<server>`), whose names stay as they are; all servers when absent. */
  readonly only?: string;
  /** The profile that says what it is offered; everything when absent. */
  readonly profile?: string;
  /** What it said in `initialize`, set by the hub; empty in the modern era, where each request says it. */
  hello: ClientHello;
  /** Passes on a notification that belongs to no request. */
  notify(line: Buffer): void;
  /**
   * Asks the client (`sampling/createMessage`, `elicitation/create`, `roots/list`, `ping`), on the stream of the
   * request that caused it. Legacy era only; rejects with RpcRefusal when the client refuses, CANCELLED when it left.
   */
  ask(question: Question): Promise<JsonObject>;
}

export interface ClientHello {
  readonly protocolVersion?: string;
  readonly info?: Implementation;
  readonly capabilities: JsonObject;
}

export interface Question {
  readonly method: string;
  readonly params: JsonObject;
  /** JSON text of the id of the client's request it belongs to. */
  readonly during?: string;
  readonly signal?: StopSignal;
}

/** One request of a client. */
export interface ClientRequest {
  readonly client: GatewayClient;
  /** As it came, one line. */
  readonly line: Buffer;
  /** The same, parsed. */
  readonly message: JsonObject;
  /** JSON text of its id. */
  readonly id: string;
  readonly method: string;
  /** Aborted when the client cancels it or is gone. */
  readonly signal: StopSignal;
  /** The trace it belongs to, where a front has found that out; a new one begins otherwise, or that of `_meta`. */
  readonly trace?: TraceContext | undefined;
  /** Sends a notification that belongs to this request, before its answer. */
  notify(line: Buffer): void;
}
