import { asKnown, type McpctlError } from '../../core/errors.ts';
import type { Envelope } from '../../mcp/envelope.ts';
import type { Era } from '../../mcp/greeting.ts';
import { createListing, memberOf } from '../../mcp/supervise/listing.ts';
import { createMemory } from '../../mcp/supervise/memory.ts';
import { resultOf } from '../../mcp/supervise/own-requests.ts';
import { isTool, type Tool } from '../../mcp/tools.ts';
import type { Transport } from '../../mcp/transport.ts';
import { checkCall } from '../control/check-call.ts';
import { isSilent, type ProbeAnswer, type ProbeRequest } from '../control/probe.ts';

export interface WatchedOptions {
  readonly server: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A way to a server that knows how the server is, and can ask it between the requests of its client. */
export interface WatchedTransport extends Transport {
  /** Undefined until its client and it agreed on one. */
  readonly era: Era | undefined;
  /** When it last answered a request; milliseconds since 1970. */
  readonly answeredAt: number | undefined;
  /** Why the last request could not be sent or answered, unless a later one was. */
  readonly trouble: McpctlError | undefined;
  /** As it last listed them to its client. */
  readonly tools: readonly Tool[] | undefined;
  /** @throws why it does not answer. An error it answers with is an answer. */
  probe(request: ProbeRequest): Promise<ProbeAnswer>;
}

interface Asked {
  readonly bytes: Buffer;
  readonly envelope: Envelope;
}

/** Pages of more tools are not asked for. */
const MOST_TOOLS = 2000;

/** What no client numbers its requests by. */
const OWN_ID = 'mcpctl-probe-';
let lastProbe = 0;

export function watchTransport(inner: Transport, options: WatchedOptions): WatchedTransport {
  return new Watched(inner, options);
}

class Watched implements WatchedTransport {
  readonly #inner: Transport;
  readonly #options: WatchedOptions;
  readonly #memory = createMemory();
  readonly #listing = createListing();
  /** Requests whose answers say something of the server, by id. */
  readonly #asked = new Map<string, Asked>();
  readonly #probes = new Map<string, (answer: Buffer) => void>();
  #isListed = false;
  answeredAt: number | undefined;
  trouble: McpctlError | undefined;

  constructor(inner: Transport, options: WatchedOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  get era(): Era | undefined {
    if (this.#memory.agreed) return 'legacy';
    return this.#memory.meta && 'modern';
  }

  get tools(): readonly Tool[] | undefined {
    return this.#listing.tools();
  }

  get pids(): readonly number[] {
    return this.#inner.pids ?? [];
  }

  async start(handlers: Parameters<Transport['start']>[0]): Promise<void> {
    await this.#inner.start({
      ...handlers,
      message: (bytes, envelope) => {
        if (envelope.kind === 'response' && this.#answered(bytes, envelope.id ?? '')) return;
        handlers.message(bytes, envelope);
      },
    });
  }

  send(bytes: Buffer, envelope: Envelope | undefined): Promise<void> | undefined {
    if (envelope && envelope.kind !== 'response') this.#passed(bytes, envelope);
    const sent = this.#inner.send(bytes, envelope);
    if (envelope?.kind === 'request') sent?.catch((error: unknown) => this.#failed(error));
    return sent;
  }

  pause(): void {
    this.#inner.pause?.();
  }

  resume(): void {
    this.#inner.resume?.();
  }

  async close(patience?: Parameters<Transport['close']>[0]): Promise<void> {
    await this.#inner.close(patience);
  }

  async probe({ timeoutMs, freshMs, call }: ProbeRequest): Promise<ProbeAnswer> {
    const { now, server } = this.#options;
    const { era, answeredAt } = this;
    if (answeredAt !== undefined && !this.trouble && now() - answeredAt < freshMs) {
      await this.#list(era, timeoutMs);
      return { by: 'call', at: answeredAt, ms: 0 };
    }
    if (!era) return { by: 'none', at: now(), ms: 0 };
    const begun = performance.now();
    // The modern era has no ping.
    await this.#ask(era === 'legacy' ? 'ping' : 'server/discover', undefined, timeoutMs);
    const ms = performance.now() - begun;
    const at = now();
    await this.#list(era, timeoutMs);
    const called =
      call &&
      (await checkCall({
        call,
        tools: this.tools,
        make: async (params, patience) => resultOf(server, await this.#ask('tools/call', params, patience)),
      }));
    return { by: era === 'legacy' ? 'ping' : 'discover', at, ms, ...(called && { called }) };
  }

  /** Lists the tools when its client did not, once: whoever watches compares them with the lock. */
  async #list(era: Era | undefined, timeoutMs: number): Promise<void> {
    if (!era || this.#isListed || this.tools) return;
    this.#isListed = true;
    const found: Tool[] = [];
    try {
      let cursor: unknown;
      do {
        const params = cursor === undefined ? undefined : { cursor };
        const result = memberOf(await this.#ask('tools/list', params, timeoutMs), 'result');
        if (!Array.isArray(result?.tools)) return;
        found.push(...result.tools.filter(isTool));
        cursor = result.nextCursor;
      } while (cursor !== undefined && found.length < MOST_TOOLS);
    } catch {
      // It answered what it was asked; what it offers stays unknown.
      return;
    }
    if (!this.tools) this.#listing.set(found);
  }

  #ask(method: string, params: object | undefined, timeoutMs: number): Promise<Buffer> {
    const { server } = this.#options;
    lastProbe += 1;
    const id = `${OWN_ID}${lastProbe}`;
    const key = JSON.stringify(id);
    const meta = this.era === 'modern' ? { _meta: this.#memory.meta } : undefined;
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.#probes.delete(key);
        finish();
      };
      const timer = setTimeout(() => {
        settle(() => reject(isSilent(server, timeoutMs)));
        const cancelled = { method: 'notifications/cancelled', params: { requestId: id } };
        void this.#inner.send(lineOf(cancelled), { kind: 'notification', method: cancelled.method });
      }, timeoutMs);
      this.#probes.set(key, (answer) => settle(() => resolve(answer)));
      const line = lineOf({ id, method, ...((params || meta) && { params: { ...params, ...meta } }) });
      const sent = this.#inner.send(line, { kind: 'request', id: key, method });
      sent?.catch((error: unknown) => {
        this.#failed(error);
        settle(() => reject(asKnown(error)));
      });
    });
  }

  #passed(bytes: Buffer, envelope: Envelope): void {
    const { method, kind, id } = envelope;
    this.#memory.passed(bytes, envelope);
    if (kind !== 'request' || id === undefined) return;
    if (method === 'initialize' || method === 'tools/list' || !this.era)
      this.#asked.set(id, { bytes, envelope });
  }

  /** True for an answer nobody else waits for. */
  #answered(bytes: Buffer, id: string): boolean {
    this.answeredAt = this.#options.now();
    this.trouble = undefined;
    // Also when it comes too late for whoever asked.
    if (id.startsWith(`"${OWN_ID}`)) {
      this.#probes.get(id)?.(bytes);
      return true;
    }
    if (this.#asked.size === 0) return false;
    const asked = this.#asked.get(id);
    if (!asked) return false;
    this.#asked.delete(id);
    this.#memory.answered(asked, bytes);
    if (asked.envelope.method === 'tools/list') this.#listing.page(asked.bytes, bytes);
    return false;
  }

  #failed(error: unknown): void {
    const known = asKnown(error);
    if (known.code !== 'CANCELLED') this.trouble = known;
  }
}

function lineOf(message: object): Buffer {
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
