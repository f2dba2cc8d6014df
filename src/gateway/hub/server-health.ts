import { asKnown, type McpctlError, needsSignIn } from '../../core/errors.ts';
import type { ProbeAnswer, ProbeRequest } from '../control/probe.ts';
import { ping } from './ask-server.ts';
import type { HubServer } from './hub.ts';
import type { Conversation } from './pool.ts';

/** How a server is, by what became of the requests to it. */
export interface ServerHealth {
  /** When it last answered; milliseconds since 1970. */
  readonly answeredAt: number | undefined;
  answered(): void;
  failed(error: unknown): void;
  state(
    held: readonly Conversation[],
    isStarting: boolean,
    failure: McpctlError | undefined,
  ): Pick<HubServer, 'state' | 'reason' | 'code' | 'hint'>;
  /** The last answer, where it is recent and says how all conversations are. */
  fresh(held: readonly Conversation[], freshMs: number): ProbeAnswer | undefined;
  /** Asks in every conversation. @throws why one of them does not answer. */
  probe(held: readonly Conversation[], request: ProbeRequest): Promise<ProbeAnswer>;
  /** The conversations a restart for that reason concerns. */
  hanging(held: readonly Conversation[], reason: 'hang' | 'asked'): readonly Conversation[];
}

/** What says that the server, not the request, is at fault. */
const TROUBLE = new Set(['SERVER_UNREACHABLE', 'SERVER_EXITED']);

export function createServerHealth(now: () => number): ServerHealth {
  let answeredAt: number | undefined;
  let trouble: McpctlError | undefined;
  let silent = new Set<Conversation>();
  const answered = (): void => {
    answeredAt = now();
    trouble = undefined;
  };
  const failed = (error: unknown): void => {
    const known = asKnown(error);
    if (needsSignIn(known) || TROUBLE.has(known.code)) trouble = known;
  };
  return {
    get answeredAt() {
      return answeredAt;
    },
    answered,
    failed,
    state: (held, isStarting, failure) =>
      held.length === 0 ? stateOfNone(isStarting, failure) : stateOfHeld(held, trouble),
    fresh(held, freshMs) {
      // With several programs, one that answers says nothing of the others.
      if (held.length !== 1 || trouble || answeredAt === undefined) return undefined;
      return now() - answeredAt < freshMs ? { by: 'call', at: answeredAt, ms: 0 } : undefined;
    },
    async probe(held, { timeoutMs }) {
      silent = new Set();
      const times = await Promise.allSettled(
        // One that is between two runs is known to be.
        held.filter(isRunning).map(async (conversation) => {
          try {
            return await ping(conversation, timeoutMs);
          } catch (error) {
            silent.add(conversation);
            failed(error);
            throw error;
          }
        }),
      );
      const lost = times.find(({ status }) => status === 'rejected');
      if (lost?.status === 'rejected') throw lost.reason;
      answered();
      const taken = times.map((time) => (time.status === 'fulfilled' ? time.value : 0));
      const isModern = held[0]?.upstream.about.era === 'modern';
      return { by: isModern ? 'discover' : 'ping', at: now(), ms: Math.max(0, ...taken) };
    },
    hanging: (held, reason) => {
      const hung = held.filter((conversation) => silent.has(conversation));
      return reason === 'hang' && hung.length > 0 ? hung : held;
    },
  };
}

type State = ReturnType<ServerHealth['state']>;

/** Nothing is held. */
function stateOfNone(isStarting: boolean, failure: McpctlError | undefined): State {
  if (!failure) return { state: isStarting ? 'starting' : 'dormant' };
  if (needsSignIn(failure)) return { state: 'needs-auth', ...said(failure) };
  if (failure.code === 'SERVER_CRASH_LOOP') return { state: 'failed', ...said(failure) };
  return { state: isStarting ? 'starting' : 'degraded', ...said(failure) };
}

function stateOfHeld(held: readonly Conversation[], trouble: McpctlError | undefined): State {
  const programs = held.flatMap(({ upstream }) => upstream.program ?? []);
  const gaveUp = programs.find(({ state }) => state === 'failed');
  if (gaveUp) return { state: 'failed', ...said(gaveUp.reason) };
  const restarting = programs.find(({ state }) => state === 'restarting');
  if (restarting) return { state: 'starting', ...said(restarting.reason) };
  if (!trouble) return { state: 'healthy' };
  return { state: needsSignIn(trouble) ? 'needs-auth' : 'degraded', ...said(trouble) };
}

function isRunning({ upstream: { program } }: Conversation): boolean {
  return !program || program.state === 'healthy' || program.state === 'starting';
}

function said(error: McpctlError | undefined): Pick<HubServer, 'reason' | 'code' | 'hint'> {
  if (!error) return {};
  const { message, code, hint } = error;
  return { reason: message, code, ...(hint !== undefined && { hint }) };
}
