import type { RawAnswer } from '../../calls/raw-answer.ts';
import type { CarriedTrace } from '../../calls/trace.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { Era } from '../../mcp/greeting.ts';
import type { RestartReason, SupervisedTransport } from '../../mcp/supervised-transport.ts';

/** What a server said of itself. */
export interface UpstreamAbout {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly serverInfo: JsonObject;
  readonly instructions?: string;
}

/** A conversation of the gateway with one server in that server's own era. Several clients may share it. */
export interface Upstream {
  readonly server: string;
  readonly about: UpstreamAbout;
  /** Process ids of its program; none over HTTP. */
  readonly pids: readonly number[];
  /** How its program is, which may be between two runs; absent over HTTP. */
  readonly program?: Pick<SupervisedTransport, 'state' | 'reason' | 'isWorking'>;
  /** Rejects with McpctlError as a ToolHandler does; a JSON-RPC error is an answer. */
  request(request: UpstreamRequest): Promise<RawAnswer>;
  notify(method: string, params?: JsonObject): void;
  /** Ends the program and starts it again within the conversation; absent over HTTP. Rejects when it does not work. */
  restart?(reason: 'hang' | 'asked'): Promise<void>;
  /** Settles with the reason when the conversation is over for good; undefined after `close`. */
  readonly ended: Promise<Error | undefined>;
  close(): Promise<void>;
}

export interface UpstreamRequest {
  readonly method: string;
  /** Without the `_meta` keys of the modern era and without a progress token; those are this side's business. */
  readonly params: JsonObject;
  /**
   * The client's line, where its params are the same: then its bytes are passed on with no more than id, name and
   * `_meta` replaced, so that numbers of any size survive.
   */
  readonly line?: Buffer | undefined;
  readonly signal: StopSignal;
  /** Gets the params of each progress notification, without token; absent when the client asked for none. */
  readonly progress?: ((params: JsonObject) => void) | undefined;
  /** Gets what the server logs during this request, where it can be told. */
  logged?(params: JsonObject): void;
  /** `logging/setLevel` of the client, for servers that take it with each request. */
  readonly logLevel?: string | undefined;
  /** Capabilities of the client who asks (`sampling`, `elicitation`, `roots`). */
  readonly capabilities: JsonObject;
  /** Answers what the server asks during this request; RpcRefusal refuses. */
  readonly ask?: ((method: string, params: JsonObject) => Promise<JsonObject>) | undefined;
  /** The client speaks the modern era too: `input_required` goes to it as it is. */
  readonly passesInput?: boolean;
  /** Added to `_meta`. */
  readonly trace?: CarriedTrace | undefined;
}

/** What a server says unasked. */
export interface UpstreamEvents {
  /** `notifications/*` that belong to no request, `list_changed` and `resources/updated` among them. */
  notified(method: string, params: JsonObject): void;
  /** A question during no request, or one of several that nobody can tell apart. */
  asked(method: string, params: JsonObject): Promise<JsonObject>;
  /** The program was started again within the conversation: lists may have changed. */
  restarted(reason: RestartReason): void;
}
