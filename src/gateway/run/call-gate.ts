import type { McpctlError } from '../../core/errors.ts';
import type { Envelope } from '../../mcp/envelope.ts';
import type { ClientCalls } from './client-calls.ts';

/** Holds calls back until those are there who answer them. */
export interface CallGate extends Omit<ClientCalls, 'fromServer'> {
  fromServer(line: Buffer, envelope: Envelope): Buffer | undefined | Promise<Buffer | undefined>;
}

export interface CallGateOptions {
  /** Loads the layers and the settings; called once, with the first request. */
  load(): Promise<ClientCalls>;
  /** Sends a line that was held and is no call after all. */
  pass(line: Buffer, envelope: Envelope | undefined): void;
  /** A line that was held cannot be answered as it should. */
  failed(envelope: Envelope | undefined, error: unknown): void;
}

interface Seen {
  readonly from: 'client' | 'server';
  readonly line: Buffer;
  readonly envelope: Envelope | undefined;
  readonly isHeld: boolean;
}

/** Requests whose answers tell of the server; calls are judged by them. */
const TELLING = new Set(['initialize', 'server/discover', 'tools/list']);

/**
 * The layers load while the server starts. Until they are there, calls wait, and so does all that the client sends
 * after one, in order; the rest passes. Lists of tools wait too: what is denied is not shown.
 */
export function createCallGate({ load, pass, failed }: CallGateOptions): CallGate {
  const seen: Seen[] = [];
  const questions = new Map<string, string>();
  let isHolding = false;
  let calls: ClientCalls | undefined;
  let loading: Promise<ClientCalls> | undefined;
  const replay = (loaded: ClientCalls): void => {
    calls = loaded;
    for (const { from, line, envelope, isHeld } of seen.splice(0)) {
      if (from === 'server') loaded.fromServer(line, envelope as Envelope);
      else if (!loaded.fromClient(line, envelope) && isHeld) pass(line, envelope);
    }
  };
  const ready = (): Promise<ClientCalls> => {
    loading ??= load().then((loaded) => {
      replay(loaded);
      return loaded;
    });
    loading.catch((error: unknown) => {
      for (const { envelope, isHeld } of seen.splice(0)) if (isHeld) failed(envelope, error);
    });
    return loading;
  };
  return {
    fromClient(line, envelope) {
      if (calls) return calls.fromClient(line, envelope);
      if (envelope?.kind === 'request' && !loading) setImmediate(() => void ready().catch(() => {}));
      isHolding ||= hasCall(envelope);
      const isTelling = envelope?.method !== undefined && TELLING.has(envelope.method);
      if (isTelling && envelope?.id !== undefined) questions.set(envelope.id, envelope.method ?? '');
      if (isHolding || isTelling) seen.push({ from: 'client', line, envelope, isHeld: isHolding });
      if (isHolding) ready().catch(() => failed(envelope, undefined));
      return isHolding;
    },
    fromServer(line, envelope) {
      if (calls) return calls.fromServer(line, envelope);
      const method = envelope.kind === 'response' ? questions.get(envelope.id ?? '') : undefined;
      if (method === 'tools/list') return ready().then((loaded) => loaded.fromServer(line, envelope));
      if (method !== undefined) seen.push({ from: 'server', line, envelope, isHeld: false });
      return line;
    },
    async allSent() {
      if (isHolding) await (await ready().catch(() => undefined))?.allSent();
    },
    async end(reason: McpctlError) {
      if (isHolding || calls) await (await ready().catch(() => undefined))?.end(reason);
    },
    async close() {
      await (await loading?.catch(() => undefined))?.close();
    },
  };
}

function hasCall(envelope: Envelope | undefined): boolean {
  if (envelope?.kind === 'batch') {
    return envelope.items?.some((item) => hasCall(item) || item.method === 'tools/list') ?? false;
  }
  return envelope?.kind === 'request' && envelope.method === 'tools/call';
}
