import { performance } from 'node:perf_hooks';
import { answerOf } from '../../calls/line-answer.ts';
import type { ToolAnswer, ToolCall } from '../../calls/tool-call.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { neverSent } from '../../core/never-sent.ts';
import { ShortLivedMap } from '../../core/short-lived-map.ts';
import type { Envelope } from '../../mcp/envelope.ts';
import { withId } from '../../mcp/splice.ts';
import type { RelayPorts } from './client-calls.ts';

/** The calls a server works on. */
export interface InFlight {
  /** Sends a call and waits for its answer; giving it up tells the server. Rejects as a ToolHandler does. */
  send(call: ToolCall): Promise<ToolAnswer>;
  /** Takes an answer. False: it belongs to no call of ours. */
  answered(id: string, line: Buffer): boolean;
  /** The server reports progress. */
  progressed(line: Buffer): void;
  /** The server asks its user something during calls; their time stands still. */
  asked(id: string): void;
  /** Its user answered, or it no longer wants to know. */
  replied(id: string): void;
  /** A call is over. */
  done(id: string): void;
  /** Nothing is sent from here on. */
  end(reason: McpctlError): void;
}

interface Attempt {
  readonly call: ToolCall;
  settle(line: Buffer): void;
}

/** Answers that come when nobody waits any more are remembered for so many attempts. */
const MOST_GIVEN_UP = 1000;

export interface InFlightOptions {
  readonly send: RelayPorts['send'];
  /** A call left for the server for the first time. */
  sent(call: ToolCall): void;
}

export function createInFlight({ send, sent }: InFlightOptions): InFlight {
  const attempts = new ShortLivedMap<Attempt>();
  const givenUp = new Set<string>();
  /** Calls that a server has seen already, by the ids of the client. */
  const used = new ShortLivedMap<true>();
  const byToken = new ShortLivedMap<ToolCall>();
  const questions = new Map<string, readonly ToolCall[]>();
  let ended: McpctlError | undefined;
  let last = 0;

  /** The first attempt has the client's own id; an answer to an earlier one must not pass for that to a later. */
  const idFor = (call: ToolCall): string => {
    const isFirst = !used.has(call.id) && !attempts.has(call.id) && !givenUp.has(call.id);
    used.set(call.id, true);
    if (isFirst) return call.id;
    last += 1;
    return JSON.stringify(`mcpctl-call-${last}`);
  };
  const giveUp = (id: string, reason: unknown): void => {
    givenUp.add(id);
    const [oldest = ''] = givenUp;
    if (givenUp.size > MOST_GIVEN_UP) givenUp.delete(oldest);
    if (!ended) void send(cancelled(id, reason), CANCELLED)?.catch(() => {});
  };
  return {
    async send(call) {
      call.signal.throwIfAborted();
      if (ended) throw neverSent(ended);
      const id = idFor(call);
      const line = id === call.id ? call.line : withId(call.line, id);
      const token = tokenOf(call);
      if (token !== undefined) byToken.set(token, call);
      try {
        return answerOf(
          await new Promise<Buffer>((resolve, reject) => {
            const stop = (): void => {
              if (!attempts.delete(id)) return;
              giveUp(id, call.signal.reason);
              reject(call.signal.reason);
            };
            const settle = (answer: Buffer): void => {
              call.signal.removeEventListener('abort', stop);
              resolve(id === call.id ? answer : withId(answer, call.id));
            };
            attempts.set(id, { call, settle });
            call.signal.addEventListener('abort', stop, { once: true });
            send(line, { kind: 'request', id, method: 'tools/call' })?.catch((error: unknown) => {
              call.signal.removeEventListener('abort', stop);
              attempts.delete(id);
              reject(error);
            });
            sent(call);
          }),
        );
      } finally {
        if (token !== undefined) byToken.delete(token);
      }
    },
    answered(id, line) {
      const attempt = attempts.get(id);
      if (!attempt) return givenUp.delete(id);
      attempts.delete(id);
      attempt.settle(line);
      return true;
    },
    progressed(line) {
      if (byToken.size === 0) return;
      const params = paramsOf(line);
      const call = byToken.get(JSON.stringify(params.progressToken));
      if (call) call.life.heardAt = performance.now();
    },
    asked(id) {
      if (attempts.size === 0) return;
      const calls = attempts.values().map(({ call }) => call);
      for (const { life } of calls) life.asking += 1;
      questions.set(id, calls);
    },
    replied(id) {
      for (const { life } of questions.get(id) ?? []) {
        life.asking -= 1;
        life.heardAt = performance.now();
      }
      questions.delete(id);
    },
    done: (id) => void used.delete(id),
    end(reason) {
      ended ??= reason;
    },
  };
}

const CANCELLED: Envelope = { kind: 'notification', method: 'notifications/cancelled' };

function cancelled(id: string, reason: unknown): Buffer {
  const why = reason instanceof McpctlError && reason.code === 'SERVER_TIMEOUT' ? 'timed out' : 'cancelled';
  return Buffer.from(
    `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":"${why}"}}\n`,
  );
}

const TOKEN = Buffer.from('"progressToken"');

/** JSON text; looked for only where the line may hold one. */
function tokenOf({ line }: ToolCall): string | undefined {
  if (!line.includes(TOKEN)) return undefined;
  const { _meta } = paramsOf(line);
  const token = isRecord(_meta) ? _meta.progressToken : undefined;
  return token === undefined ? undefined : JSON.stringify(token);
}

function paramsOf(line: Buffer): Record<string, unknown> {
  const message: unknown = JSON.parse(line.toString('utf8'));
  return isRecord(message) && isRecord(message.params) ? message.params : {};
}
