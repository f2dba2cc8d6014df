import { McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { Stop, type StopSignal } from '../../core/stop.ts';
import { RpcRefusal } from '../../mcp/peer.ts';
import { splice } from '../../mcp/splice.ts';
import { modernQuestion, takesQuestion } from './questions.ts';

/** A request of a modern client whose server may ask something meanwhile. */
export interface ParkableRequest {
  readonly principal: string;
  readonly method: string;
  readonly params: JsonObject;
  /** JSON text. */
  readonly id: string;
  /** What its client says it answers. */
  readonly capabilities: JsonObject;
  /** Aborted when the client gives the request up. */
  readonly signal: StopSignal;
  /** Sends a notification that belongs to this request. */
  notify(line: Buffer): void;
}

/** A call as who carries it out sees it, whichever request its client waits with. */
export interface RunningCall {
  /** Settles with the client's answer, possibly much later; RpcRefusal when it does not take such questions. */
  ask(method: string, params: JsonObject): Promise<JsonObject>;
  /** Aborted when the client gave the call up, or did not come back in time. */
  readonly signal: StopSignal;
  /** Drops what nobody listens for. */
  notify(line: Buffer): void;
}

export interface OpenQuestion {
  readonly method: string;
  readonly params: JsonObject;
  settle(answer: JsonObject | Error): void;
}

/** What a waiting request gets. */
export type Outcome = { readonly line: Buffer } | { readonly failure: unknown };

/** The state of one call: who waits for it, what its server asks, how it ended. */
export class ParkedCall implements RunningCall {
  readonly questions = new Map<string, OpenQuestion>();
  outcome: Outcome | undefined;
  #waiting: { readonly request: ParkableRequest; settle(outcome: Outcome): void } | undefined;
  #asked = 0;
  readonly #stop = new Stop();
  readonly #changed: () => void;
  #capabilities: JsonObject = {};

  /** `changed` runs when who waits can be told more. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get signal(): StopSignal {
    return this.#stop;
  }

  get isWaitedFor(): boolean {
    return this.#waiting !== undefined;
  }

  readonly ask = (method: string, params: JsonObject): Promise<JsonObject> => {
    if (!takesQuestion(this.#capabilities, method, params)) {
      return Promise.reject(new RpcRefusal(-32601, `The client does not answer ${method}.`));
    }
    this.#asked += 1;
    const key = `input${this.#asked}`;
    return new Promise((resolve, reject) => {
      const settle = (answer: JsonObject | Error): void => {
        this.questions.delete(key);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      this.questions.set(key, { method, params: modernQuestion(params), settle });
      this.#changed();
    });
  };

  readonly notify = (line: Buffer): void => {
    const request = this.#waiting?.request;
    if (request) for (const told of forRequest(line, request)) request.notify(told);
  };

  /** Settles with what the request is to be answered. */
  wait(request: ParkableRequest): Promise<Outcome> {
    this.#capabilities = request.capabilities;
    return new Promise((resolve) => {
      const left = (): void => this.cancel(asReason(request.signal.reason));
      const settle = (outcome: Outcome): void => {
        request.signal.removeEventListener('abort', left);
        this.#waiting = undefined;
        resolve(outcome);
      };
      this.#waiting = { request, settle };
      request.signal.addEventListener('abort', left, { once: true });
      if (request.signal.aborted) left();
    });
  }

  answerWaiting(outcome: Outcome): void {
    this.#waiting?.settle(outcome);
  }

  cancel(reason: McpctlError): void {
    this.#stop.abort(reason);
    for (const { settle } of [...this.questions.values()]) settle(new RpcRefusal(-32603, 'No answer came.'));
  }
}

function asReason(reason: unknown): McpctlError {
  return reason instanceof McpctlError
    ? reason
    : new McpctlError('CANCELLED', 'The client gave up the call.');
}

/** The call began with another request: progress is told under the token of the one that waits. */
function forRequest(line: Buffer, { params }: ParkableRequest): Buffer[] {
  if (!line.includes('"notifications/progress"')) return [line];
  const token = (params._meta as JsonObject | undefined)?.progressToken;
  if (token === undefined) return [];
  return [splice(line, [{ path: ['params', 'progressToken'], json: JSON.stringify(token) }])];
}
