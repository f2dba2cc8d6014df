import { performance } from 'node:perf_hooks';
import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import type { Envelope } from '../mcp/envelope.ts';
import {
  type Answered,
  type Implementation,
  implementationOf,
  intentOf,
  outcomeOf,
  type RequestedCall,
  requestedCall,
} from './call-facts.ts';
import { refusalLine } from './refusal-line.ts';
import type { CallRecorder } from './tap-recorder.ts';

/** Sees what passes a relay and has its tool calls recorded. Bytes are looked at, never changed. */
export interface CallTap {
  /** A message to the server, before it is sent. The reason not to send it, if there is one. */
  request(line: Buffer, envelope: Envelope | undefined): McpctlError | undefined;
  /**
   * A message from the server, before it is passed on. It has to wait for what is returned, and gives way to a
   * message that comes of it.
   */
  answer(line: Buffer, envelope: Envelope): Promise<Buffer | undefined> | undefined;
  /** Requests that nobody will answer. */
  lost(ids: Iterable<string>, reason: McpctlError): Promise<unknown> | undefined;
  /** The client no longer waits for a request. */
  cancelled(id: string): void;
  /** Records what is still open, and closes the log. */
  close(): Promise<void>;
}

export interface CallTapOptions {
  /** Loads what writes the log; called once, when it is first needed. */
  open(): Promise<CallRecorder | undefined>;
  /** Gets what could not be recorded. */
  warn(line: string): void;
  readonly now: () => Date;
}

interface OpenCall {
  readonly startedAt: Date;
  readonly start: number;
  readonly bytesIn: number;
  /** Parsed when somebody asks, which is while the server works. */
  request(): RequestedCall;
}

type Intent = ReturnType<typeof intentOf>;

export function createCallTap({ open, warn, now }: CallTapOptions): CallTap {
  const calls = new Map<string, OpenCall>();
  /** Requests whose answers tell of the server: id → method. */
  const questions = new Map<string, string>();
  const intents = new Map<string, Intent>();
  let client: Implementation | undefined;
  let serverVersion: string | undefined;
  let opening: Promise<CallRecorder | undefined> | undefined;
  let fault: McpctlError | undefined;
  let isOff = false;
  const afterwards = createAfterwards();

  const recorder = (): Promise<CallRecorder | undefined> => {
    opening ??= open().then((opened) => {
      isOff = opened === undefined;
      return opened;
    });
    return opening;
  };
  const intentFor = ({ tool }: RequestedCall): Intent => intents.get(tool ?? '') ?? 'unknown';

  const record = async (
    call: OpenCall,
    answer: Answered,
    bytesOut: number,
    ms = performance.now() - call.start,
  ): Promise<void> => {
    const writer = await recorder();
    const request = call.request();
    const intent = intentFor(request);
    const { startedAt, bytesIn } = call;
    const row = { startedAt, bytesIn, bytesOut, ms, request, answer, intent, client, serverVersion };
    await writer?.record(row);
    fault = undefined;
  };
  /** Rejects only with what the client has to be told. */
  const recordOrTell = async (...row: Parameters<typeof record>): Promise<void> => {
    const [call] = row;
    try {
      await record(...row);
    } catch (error) {
      const known = unrecorded(error);
      warn(known.message);
      const refuses = (await opening?.catch(() => undefined))?.refuses ?? true;
      if (!refuses || intentFor(call.request()) === 'read') return;
      fault = known;
      throw known;
    }
  };

  const begin = (line: Buffer, id: string, index: number | undefined): OpenCall => {
    let parsed: RequestedCall | undefined;
    const call: OpenCall = {
      startedAt: now(),
      start: performance.now(),
      bytesIn: line.length,
      request() {
        parsed ??= requestedCall(messageAt(line, index));
        return parsed;
      },
    };
    calls.set(id, call);
    return call;
  };

  const learn = (method: string, line: Buffer): void => {
    const message = messageAt(line, undefined);
    const result = isRecord(message) && isRecord(message.result) ? message.result : {};
    const meta = isRecord(result._meta) ? result._meta : {};
    const info = implementationOf(result.serverInfo ?? meta['io.modelcontextprotocol/serverInfo']);
    serverVersion = info?.version ?? serverVersion;
    if (method !== 'tools/list' || !Array.isArray(result.tools)) return;
    for (const tool of result.tools) {
      if (isRecord(tool) && typeof tool.name === 'string') intents.set(tool.name, intentOf(tool.annotations));
    }
  };

  return {
    request(line, envelope) {
      if (isOff) return undefined;
      for (const { id, method, index } of requestsIn(envelope)) {
        if (method !== 'tools/call') {
          if (method === 'initialize') client = clientOf(line);
          if (QUESTIONS.has(method)) questions.set(id, method);
          continue;
        }
        const call = begin(line, id, index);
        void recorder().catch(() => {});
        if (!fault || index !== undefined || intentFor(call.request()) === 'read') continue;
        calls.delete(id);
        const refusal = fault;
        // Its own row, once it can be written, ends the refusals.
        afterwards.add(() => record(call, { outcome: 'denied', errorType: refusal.code }, 0));
        return refusal;
      }
      return undefined;
    },
    answer(line, envelope) {
      if (questions.size === 0 && calls.size === 0) return undefined;
      const waits: Promise<void>[] = [];
      const ids: string[] = [];
      for (const { id, index } of answersIn(envelope)) {
        const method = questions.get(id);
        if (method !== undefined && questions.delete(id)) learn(method, line);
        const call = calls.get(id);
        if (!call || !calls.delete(id)) continue;
        const ms = performance.now() - call.start;
        const write = (): Promise<void> => recordOrTell(call, answered(line, index), line.length, ms);
        // A read is answered at once; its row follows when there is time.
        if (intentFor(call.request()) === 'read') afterwards.add(write);
        else {
          waits.push(write());
          ids.push(id);
        }
      }
      if (waits.length === 0) return undefined;
      return Promise.all(waits).then(
        () => undefined,
        (reason: McpctlError) => Buffer.concat(ids.map((id) => refusalLine(id, reason))),
      );
    },
    lost(ids, reason) {
      const waits: Promise<unknown>[] = [];
      for (const id of ids) {
        const call = calls.get(id);
        if (!call || !calls.delete(id)) continue;
        const outcome = reason.code === 'SERVER_TIMEOUT' ? 'timeout' : 'outcome_unknown';
        waits.push(recordOrTell(call, { outcome, errorType: reason.code }, 0).catch(() => {}));
      }
      return waits.length > 0 ? Promise.all(waits) : undefined;
    },
    cancelled(id) {
      const call = calls.get(id);
      if (call && calls.delete(id)) afterwards.add(() => recordOrTell(call, { outcome: 'cancelled' }, 0));
    },
    async close() {
      const left = [...calls.values()];
      calls.clear();
      const answer: Answered = { outcome: 'outcome_unknown', errorType: 'SESSION_ENDED' };
      for (const call of left) afterwards.add(() => recordOrTell(call, answer, 0));
      await afterwards.finish();
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

const LATER_MS = 50;
const MOST_LATER = 256;

/** Work that waits for a pause, so that the next call need not wait for it. */
function createAfterwards(): { add(work: () => Promise<void>): void; finish(): Promise<void> } {
  const waiting: (() => Promise<void>)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const running = new Set<Promise<void>>();
  const finish = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    for (const work of waiting.splice(0)) {
      const done = work().catch(() => {});
      running.add(done);
      done.finally(() => running.delete(done));
    }
    await Promise.all(running);
  };
  return {
    finish,
    add(work) {
      waiting.push(work);
      if (waiting.length >= MOST_LATER) void finish();
      else timer ??= setTimeout(finish, LATER_MS);
    },
  };
}

const QUESTIONS = new Set(['initialize', 'server/discover', 'tools/list']);

interface Item {
  readonly id: string;
  readonly method: string;
  /** Within a batch. */
  readonly index: number | undefined;
}

function* requestsIn(envelope: Envelope | undefined): Generator<Item> {
  if (envelope?.kind === 'request')
    yield { id: envelope.id ?? '', method: envelope.method ?? '', index: undefined };
  if (envelope?.kind !== 'batch') return;
  for (const [index, { kind, id, method }] of (envelope.items ?? []).entries()) {
    if (kind === 'request') yield { id: id ?? '', method: method ?? '', index };
  }
}

function* answersIn(envelope: Envelope): Generator<Omit<Item, 'method'>> {
  if (envelope.kind === 'response') yield { id: envelope.id ?? '', index: undefined };
  if (envelope.kind !== 'batch') return;
  for (const [index, { kind, id }] of (envelope.items ?? []).entries()) {
    if (kind === 'response') yield { id: id ?? '', index };
  }
}

function messageAt(line: Buffer, index: number | undefined): unknown {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return index === undefined ? value : Array.isArray(value) ? value[index] : undefined;
  } catch {
    return undefined;
  }
}

function clientOf(line: Buffer): Implementation | undefined {
  const message = messageAt(line, undefined);
  return isRecord(message) && isRecord(message.params)
    ? implementationOf(message.params.clientInfo)
    : undefined;
}

/** Larger answers are parsed only when they may tell of an error. */
const PARSE_UP_TO_BYTES = 8 * 1024;

function answered(line: Buffer, index: number | undefined): Answered {
  if (line.length > PARSE_UP_TO_BYTES && !line.includes('"isError"') && !line.includes('"error"')) {
    return { outcome: 'ok' };
  }
  return outcomeOf(messageAt(line, index));
}

function unrecorded(error: unknown): McpctlError {
  const reason = error instanceof Error ? error.message : String(error);
  const hint = error instanceof McpctlError ? error.hint : undefined;
  return new McpctlError('AUDIT_UNWRITABLE', `A call was not recorded. ${reason}`, {
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}
