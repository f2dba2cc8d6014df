import type { ToolAnswer, ToolCall } from '../../src/calls/tool-call.ts';
import type { Json } from '../../src/core/json.ts';

export interface CallParts extends Partial<Omit<ToolCall, 'args'>> {
  readonly args?: Json;
  /** More members of the params, such as `task` or `inputResponses`. */
  readonly params?: Readonly<Record<string, Json>>;
}

/** A `tools/call` as a layer gets it: `linear/search`, which only reads, unless told otherwise. */
export function aCall({ args = {}, params = {}, ...parts }: CallParts = {}): ToolCall {
  const tool = parts.tool ?? 'search';
  const id = parts.id ?? '1';
  const request = JSON.stringify({
    method: 'tools/call',
    params: { name: tool, arguments: args, ...params },
  });
  return {
    via: 'gateway',
    principal: 'local',
    client: undefined,
    server: 'linear',
    tool,
    intent: 'read',
    isIdempotent: false,
    line: Buffer.from(`{"jsonrpc":"2.0","id":${id},${request.slice(1)}\n`),
    id,
    args: () => args,
    isFresh: false,
    isContinued: false,
    corr: '4bf92f3577b34da6a3ce929d0e0e4736',
    trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', flags: '01' },
    startedAt: new Date(0),
    signal: new AbortController().signal,
    notes: { attempt: 1 },
    life: { heardAt: 0, asking: 0 },
    ...parts,
  };
}

/** The server's answer to a call: one text. */
export function anAnswer({ id }: Pick<ToolCall, 'id'>, text: string): ToolAnswer {
  const result = JSON.stringify({ content: [{ type: 'text', text }] });
  return { line: Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${result}}\n`), outcome: 'ok' };
}
