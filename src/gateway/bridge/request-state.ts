import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { JsonObject } from '../../core/json.ts';

/** What a `requestState` of ours stands for: one round of questions of one call. */
export interface ParkedRound {
  readonly call: string;
  readonly round: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** The request a state goes with; another one makes it worthless. */
export interface StateBinding {
  readonly principal: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** Opaque states for clients, signed and bound to who asked what. */
export interface RequestStates {
  seal(round: ParkedRound, binding: StateBinding): string;
  /** `foreign`: not made here, so a server's own. Undefined when it was changed or belongs to another request. */
  open(state: string, binding: StateBinding): ParkedRound | 'foreign' | undefined;
}

export function createRequestStates(key: Buffer): RequestStates {
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  // Gateways may stand behind each other: each knows its own.
  const mark = sign('mcpctl/requestState').slice(0, 12);
  const signed = (facts: string, { principal, method, params }: StateBinding): string =>
    sign(JSON.stringify([facts, principal, method, digestOf(params)]));
  return {
    seal({ call, round, expires }, binding) {
      const facts = `${mark}.${call}.${round}.${expires}`;
      return `${facts}.${signed(facts, binding)}`;
    },
    open(state, binding) {
      const [found, call = '', round, expires, signature = '', ...more] = state.split('.');
      if (found !== mark) return 'foreign';
      const expected = signed(`${mark}.${call}.${round}.${expires}`, binding);
      if (more.length > 0 || !isEqual(signature, expected)) return undefined;
      return { call, round: Number(round), expires: Number(expires) };
    },
  };
}

/** Of what was asked for, whatever its answers, its `_meta` and the order of its members. */
function digestOf({ inputResponses: _, requestState: __, _meta, ...asked }: JsonObject): string {
  return createHash('sha256').update(canonicalJson(asked)).digest('base64url');
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
