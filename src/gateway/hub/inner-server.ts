import type { ToolCall } from '../../calls/tool-call.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { Tool } from '../../mcp/tools.ts';

/** A server within this process, whose tools call those of other servers. */
export interface InnerServer {
  /** Clients see its tools as those of a server of this name. */
  readonly name: string;
  /** Of what it has: with another one it is another server. */
  readonly digest: string;
  /** Servers its tools call: how its own are described depends on theirs. */
  readonly uses: ReadonlySet<string>;
  /** Its tools, by what is known of others at the moment; nothing is started for it. */
  tools(known: (server: string) => readonly Tool[] | undefined): readonly Tool[];
  /** The result of a call. Never rejects but for what the client did, as leaving is. */
  call(call: InnerCall): Promise<JsonObject>;
}

/** A call of one of its tools, and what can be done for the client that makes it. */
export interface InnerCall {
  /** As it came through the layers. */
  readonly call: ToolCall;
  /** What another server offers this client. @throws why that cannot be found out. */
  toolsOf(server: string): Promise<readonly Tool[]>;
  /** Whether policy lets this client call a tool. */
  isAllowed(server: string, tool: Tool): boolean;
  /** The result of a call of another server, through all layers. @throws what they refuse with, and SERVER_ERROR. */
  through(call: ThroughCall): Promise<JsonObject>;
  /** Tells the client how far it is, where it asked for that. */
  progress(params: JsonObject): void;
  /** Asks the client; rejects with RpcRefusal where it cannot be asked. */
  ask(method: string, params: JsonObject): Promise<JsonObject>;
}

export interface ThroughCall extends Pick<ToolCall, 'server' | 'tool' | 'limits' | 'pausesMs'> {
  readonly args: JsonObject;
  /** What it is a step of, for the audit log. */
  readonly parent: string;
  readonly signal: StopSignal;
}
