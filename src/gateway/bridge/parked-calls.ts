import { randomBytes } from 'node:crypto';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { withId } from '../../mcp/splice.ts';
import {
  type OpenQuestion,
  type Outcome,
  type ParkableRequest,
  ParkedCall,
  type RunningCall,
} from './parked-call.ts';
import { answerProblem } from './questions.ts';
import { createRequestStates, type ParkedRound } from './request-state.ts';

export interface ParkedCallsOptions {
  /** Signs states; at least 32 random bytes. */
  readonly key: Buffer;
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls of one principal that may wait for answers at the same time. */
  readonly mostParked: number;
  /** Time a client has to answer, in milliseconds. */
  readonly ttlMs: number;
  /** `_meta` of the questions. */
  readonly meta?: JsonObject;
}

export type CallHandler = (call: RunningCall) => Promise<Buffer>;

/**
 * Calls of modern clients to legacy servers, which ask while a call is under way: the call is parked, its client gets
 * the questions as `input_required`, and the retry with the answers goes on with the same call, once.
 */
export interface ParkedCalls {
  /**
   * The answer to a request, one line with its id: what `handler` settles with, the questions asked meanwhile, or a
   * JSON-RPC error for a retry that fits nothing. Rejects with what `handler` rejects with, and SERVER_BUSY.
   */
  run(request: ParkableRequest, handler: CallHandler): Promise<Buffer>;
  /** How many there are. */
  readonly size: number;
  /** Every call is cancelled. */
  close(): void;
}

interface Entry {
  readonly id: string;
  readonly call: ParkedCall;
  /** The last one that waited. */
  request: ParkableRequest;
  round: number;
  /** The questions were handed out and nobody came back yet. */
  isOpen: boolean;
  timer?: NodeJS.Timeout;
}

const INVALID_PARAMS = -32602;
/** Questions that come within it are handed out together. */
const GATHER_MS = 20;

export function createParkedCalls(options: ParkedCallsOptions): ParkedCalls {
  const { key, now, mostParked, ttlMs, meta } = options;
  const states = createRequestStates(key);
  const entries = new Map<string, Entry>();

  const drop = (entry: Entry): void => {
    clearTimeout(entry.timer);
    entries.delete(entry.id);
  };
  const abandon = (entry: Entry): void => {
    drop(entry);
    entry.call.cancel(new McpctlError('CANCELLED', 'The questions of the server were not answered in time.'));
  };
  const park = (entry: Entry): Outcome => {
    const { id, call, request } = entry;
    const beside = [...entries.values()].filter((other) => other.request.principal === request.principal);
    if (!entries.has(id) && beside.length >= mostParked) {
      const failure = tooMany(mostParked);
      call.cancel(failure);
      return { failure };
    }
    entries.set(id, entry);
    entry.round += 1;
    entry.isOpen = true;
    entry.timer = setTimeout(() => abandon(entry), ttlMs).unref();
    const inputRequests = Object.fromEntries(
      [...call.questions].map(([name, { method, params }]) => [name, { method, params }]),
    );
    const requestState = states.seal({ call: id, round: entry.round, expires: now() + ttlMs }, request);
    const facts = { resultType: 'input_required', inputRequests, requestState };
    return { line: responseLine(request.id, { result: { ...facts, ...(meta && { _meta: meta }) } }) };
  };
  const look = (entry: Entry): void => {
    const { call } = entry;
    if (!call.isWaitedFor) return;
    if (call.outcome) {
      drop(entry);
      call.answerWaiting(call.outcome);
      return;
    }
    setTimeout(() => {
      if (call.isWaitedFor && !call.outcome && call.questions.size > 0) call.answerWaiting(park(entry));
    }, GATHER_MS);
  };
  /** What the request that waits now is answered. */
  const answered = async (entry: Entry): Promise<Buffer> => {
    const { call, request } = entry;
    const waited = call.wait(request);
    look(entry);
    const outcome = await waited;
    if ('failure' in outcome) throw outcome.failure;
    return withId(outcome.line, request.id);
  };
  const begin = (request: ParkableRequest, handler: CallHandler): Promise<Buffer> => {
    const id = randomBytes(16).toString('base64url');
    const call = new ParkedCall(() => look(entry));
    const entry: Entry = { id, call, request, round: 0, isOpen: false };
    const answer = answered(entry);
    void outcomeOf(handler, call).then((outcome) => {
      call.outcome = outcome;
      look(entry);
    });
    return answer;
  };
  const goOn = (request: ParkableRequest, round: ParkedRound | undefined): Promise<Buffer> => {
    if (!round) throw new Unfit('The requestState does not belong to this request.');
    const entry = entries.get(round.call);
    if (!entry || round.expires <= now()) throw new Unfit('The requestState is no longer valid.');
    if (!entry.isOpen || round.round !== entry.round) throw new Unfit('The requestState was used already.');
    const answers = answersIn(request.params, entry.call.questions);
    clearTimeout(entry.timer);
    entry.isOpen = false;
    entry.request = request;
    const answer = answered(entry);
    for (const [question, given] of answers) question.settle(given);
    return answer;
  };
  return {
    get size() {
      return entries.size;
    },
    async run(request, handler) {
      const { requestState } = request.params;
      const round = typeof requestState === 'string' ? states.open(requestState, request) : 'foreign';
      if (round === 'foreign') return await begin(request, handler);
      try {
        return await goOn(request, round);
      } catch (error) {
        if (!(error instanceof Unfit)) throw error;
        return responseLine(request.id, { error: { code: INVALID_PARAMS, message: error.message } });
      }
    },
    close() {
      for (const entry of [...entries.values()]) abandon(entry);
    },
  };
}

/** A retry that fits nothing. */
class Unfit extends Error {}

function answersIn(
  { inputResponses = {} }: JsonObject,
  questions: ReadonlyMap<string, OpenQuestion>,
): [OpenQuestion, JsonObject][] {
  if (!isRecord(inputResponses)) throw new Unfit('The inputResponses are no object.');
  return [...questions].flatMap(([name, question]) => {
    const given = Object.hasOwn(inputResponses, name) ? inputResponses[name] : undefined;
    // What is missing is asked for again.
    if (given === undefined) return [];
    const problem = answerProblem(question.method, given);
    if (problem !== undefined) throw new Unfit(problem);
    return [[question, given as JsonObject]];
  });
}

async function outcomeOf(handler: CallHandler, call: RunningCall): Promise<Outcome> {
  try {
    return { line: await handler(call) };
  } catch (failure) {
    return { failure };
  }
}

function responseLine(id: string, answer: { readonly result: object } | { readonly error: object }): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},${JSON.stringify(answer).slice(1)}\n`);
}

function tooMany(mostParked: number): McpctlError {
  return new McpctlError('SERVER_BUSY', `${mostParked} calls wait for answers of their user already.`, {
    hint: 'Answer or give up one of them, then try again.',
  });
}
