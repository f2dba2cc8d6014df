import { cache } from '../../src/calls/layers/cache.ts';
import type { SharedStore } from '../../src/calls/stores/store.ts';
import type { ToolAnswer, ToolCall } from '../../src/calls/tool-call.ts';
import type { CachedTool } from '../../src/settings/call-settings.ts';
import { aCall, anAnswer, type CallParts } from './tool-calls.ts';

export interface CacheScene {
  readonly store: SharedStore;
  readonly rule?: Partial<CachedTool>;
  readonly maxResultBytes?: number;
  readonly instance?: () => string;
  readonly tenant?: string;
  /** What the server does; it answers with how many calls it got by default. */
  answer?(call: ToolCall, count: number): ToolAnswer | Promise<ToolAnswer>;
}

/** The cache layer before a server that counts, with a clock of its own; `linear/search` may be kept. */
export function cacheScene({ store, rule = {}, answer, ...rest }: CacheScene) {
  const sent: ToolCall[] = [];
  const counted: string[] = [];
  let time = Date.now();
  const handler = cache({
    settings: {
      maxResultBytes: rest.maxResultBytes ?? 10_000,
      tools: { 'linear/search': { ttlMs: 60_000, shared: false, staleIfErrorMs: 0, ...rule } },
    },
    store,
    meter: { cached: (_, status) => counted.push(status) },
    instance: rest.instance ?? (() => '1.0.0'),
    tenant: rest.tenant ?? 'ada@laptop',
    now: () => new Date(time),
  })(async (call) => {
    sent.push(call);
    return (await answer?.(call, sent.length)) ?? anAnswer(call, `answer ${sent.length}`);
  });
  return {
    sent,
    counted,
    async call(parts?: CallParts) {
      const call = aCall(parts);
      const { line, ...facts } = await handler(call);
      const { id, result, error } = JSON.parse(String(line));
      const { content, _meta = {} } = result ?? {};
      return {
        ...facts,
        id,
        error,
        text: content?.[0]?.text,
        remark: _meta['mcpctl/cache'],
        status: call.notes.cache,
      };
    },
    later(milliseconds: number) {
      time += milliseconds;
    },
  };
}

/** Something that waits until it is opened. */
export function gate() {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** Until what can happen without anything from outside has happened. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
