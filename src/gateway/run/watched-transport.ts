import { asKnown, type McpctlError } from '../../core/errors.ts';
import type { Envelope } from '../../mcp/envelope.ts';
import type { Era } from '../../mcp/greeting.ts';
import { createListing } from '../../mcp/supervise/listing.ts';
import { createMemory } from '../../mcp/supervise/memory.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { Transport } from '../../mcp/transport.ts';
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
  readonly #probes = new Map<string, () => void>();
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

  async probe({ timeoutMs, freshMs }: ProbeRequest): Promise<ProbeAnswer> {
    const { now } = this.#options;
    const { era, answeredAt } = this;
    if (answeredAt !== undefined && !this.trouble && now() - answeredAt < freshMs) {
      return { by: 'call', at: answeredAt, ms: 0 };
    }
    if (!era) return { by: 'none', at: now(), ms: 0 };
    const begun = performance.now();
    await this.#ask(era, timeoutMs);
    const by = era === 'legacy' ? 'ping' : 'discover';
    return { by, at: now(), ms: performance.now() - begun };
  }

  #ask(era: Era, timeoutMs: number): Promise<void> {
    const { server } = this.#options;
    lastProbe += 1;
    const id = `mcpctl-probe-${lastProbe}`;
    const key = JSON.stringify(id);
    // The modern era has no ping.
    const [method, params] =
      era === 'legacy' ? ['ping', undefined] : ['server/discover', { _meta: this.#memory.meta }];
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
      this.#probes.set(key, () => settle(resolve));
      const line = lineOf({ id, method, params });
      const sent = this.#inner.send(line, { kind: 'request', id: key, method: String(method) });
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
    if (this.#probes.size > 0) {
      const probe = this.#probes.get(id);
      probe?.();
      if (probe) return true;
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
