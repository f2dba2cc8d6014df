import { canonicalJson } from '../../core/canonical-json.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { GatewayClient } from './client.ts';

/**
 * For whom a conversation with a server is held. `shared`: by all clients of one principal that a server cannot ask
 * anything. `own`: by one legacy client, so that a server's questions reach it for certain. `lane`: by modern
 * requests that declare the same, one at a time.
 */
export interface Seat {
  readonly kind: 'shared' | 'own' | 'lane';
  /** Seats with the same key share their conversations. */
  readonly key: string;
  /** Seats with the same audience are offered the same, as far as anybody can know. */
  readonly audience: string;
  readonly principal: string;
  /** What the server may ask. */
  readonly capabilities: JsonObject;
  /** Of an `own` seat. */
  readonly client?: GatewayClient;
}

const ASKING = ['sampling', 'elicitation', 'roots'];
const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** The seat of a client's request; `message` counts in the modern era, where each request declares for itself. */
export function seatOf(client: GatewayClient, message?: JsonObject): Seat {
  const { era, principal, hello } = client;
  const declared = era === 'legacy' ? hello.capabilities : metaOf(message)[META_CAPABILITIES];
  const capabilities = askable(declared);
  if (Object.keys(capabilities).length === 0) return sharedSeat(principal);
  const audience = audienceOf(principal, capabilities);
  return era === 'legacy'
    ? { kind: 'own', key: `${audience}\0${client.id}`, audience, principal, capabilities, client }
    : { kind: 'lane', key: audience, audience, principal, capabilities };
}

/** Of whoever started us, who answers no questions. */
export const LOCAL: Seat = sharedSeat('local');

export function sharedSeat(principal: string): Seat {
  const audience = audienceOf(principal, {});
  return { kind: 'shared', key: audience, audience, principal, capabilities: {} };
}

function audienceOf(principal: string, capabilities: JsonObject): string {
  return `${principal}\0${canonicalJson(capabilities)}`;
}

export function metaOf(message: JsonObject | undefined): JsonObject {
  const params = isRecord(message?.params) ? message.params : {};
  return (isRecord(params._meta) ? params._meta : {}) as JsonObject;
}

function askable(declared: unknown): JsonObject {
  const given = (isRecord(declared) ? declared : {}) as JsonObject;
  return Object.fromEntries(
    ASKING.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  ) as JsonObject;
}
