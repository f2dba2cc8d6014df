import { isRecord, type JsonObject } from '../../core/json.ts';
import { type BegunSession, beginSession, isLasting, noteSent, versionIn } from '../begun-session.ts';
import type { Envelope } from '../envelope.ts';
import type { Flight } from './flights.ts';
import { memberOf } from './listing.ts';

/** A session as it stood, to be played to the next run of the program. */
export interface Agreed {
  readonly session: BegunSession;
  readonly version: string;
}

/** What was agreed between client and server, in either era. */
export interface Memory {
  /** True when the server ever worked for this client. */
  readonly hasBegun: boolean;
  /** Undefined in the stateless era, and before the handshake is through. */
  readonly agreed: Agreed | undefined;
  /** `_meta` of the stateless era, as this client sends it. */
  readonly meta: JsonObject | undefined;
  /** A message on its way to the server. */
  passed(bytes: Buffer, envelope: Envelope | undefined): void;
  /** The answer to a request. */
  answered(request: Pick<Flight, 'bytes' | 'envelope'>, answer: Buffer): void;
}

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
/** Answers after which a client that never said its era is not asked for it any more. */
const LOOKS = 20;

export function createMemory(): Memory {
  let begun: BegunSession | undefined;
  let agreed: Agreed | undefined;
  let meta: JsonObject | undefined;
  let hasBegun = false;
  let looks = 0;

  const learnEra = (request: Buffer): void => {
    looks += 1;
    const found = memberOf(request, 'params')?._meta;
    if (!isRecord(found) || found[VERSION_KEY] === undefined) return;
    const { progressToken, ...rest } = found as JsonObject;
    void progressToken;
    meta = rest;
  };
  return {
    get hasBegun() {
      return hasBegun;
    },
    get agreed() {
      return agreed;
    },
    get meta() {
      return meta;
    },
    passed(bytes, envelope) {
      if (envelope?.method === 'initialize') begun = beginSession(bytes);
      else if (envelope?.method === 'notifications/initialized' && begun) noteSent(bytes, envelope, begun);
    },
    answered({ bytes, envelope }, answer) {
      const { method = '' } = envelope;
      const isLooking = !agreed && meta === undefined && looks < LOOKS;
      if (method !== 'initialize' && !isLooking && !isLasting(method)) return;
      if (memberOf(answer, 'result') === undefined) return;
      hasBegun = true;
      if (method === 'initialize') {
        const version = versionIn(answer);
        if (begun && version !== undefined) agreed = { session: begun, version };
      } else if (agreed) noteSent(bytes, envelope, agreed.session);
      else if (isLooking) learnEra(bytes);
    },
  };
}
