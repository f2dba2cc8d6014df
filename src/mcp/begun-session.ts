import { isRecord } from '../core/json.ts';
import type { Envelope } from './envelope.ts';

/** What it takes to begin a session of the `initialize` era again: the client's own messages, byte for byte. */
export interface BegunSession {
  readonly initialize: Buffer;
  initialized?: Buffer;
  /** Requests whose effect lasts as long as the session, such as subscriptions, by what they are about. */
  readonly lasting: Map<string, Buffer>;
}

export function beginSession(initialize: Buffer): BegunSession {
  return { initialize: Buffer.from(initialize), lasting: new Map() };
}

/** Takes notice of a message that went through. */
export function noteSent(bytes: Buffer, envelope: Envelope | undefined, session: BegunSession): void {
  if (envelope?.method === 'notifications/initialized') session.initialized = Buffer.from(bytes);
  else noteLasting(bytes, envelope, session);
}

const LASTING = new Set(['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe']);

/** True for requests whose effect lasts as long as the session. */
export function isLasting(method: string): boolean {
  return LASTING.has(method);
}

/** Notes a request that a session begun again must see again. */
function noteLasting(bytes: Buffer, envelope: Envelope | undefined, { lasting }: BegunSession): void {
  const method = envelope?.method ?? '';
  if (!isLasting(method)) return;
  const message: unknown = JSON.parse(bytes.toString('utf8'));
  const uri = isRecord(message) && isRecord(message.params) ? message.params.uri : undefined;
  if (method === 'resources/unsubscribe') lasting.delete(`resources/subscribe ${uri}`);
  else lasting.set(`${method} ${uri}`, Buffer.from(bytes));
}

/** The protocol version an answer to `initialize` agrees to. */
export function versionIn(answer: Buffer): string | undefined {
  const message: unknown = JSON.parse(answer.toString('utf8'));
  if (!isRecord(message) || !isRecord(message.result)) return undefined;
  const { protocolVersion } = message.result;
  return typeof protocolVersion === 'string' ? protocolVersion : undefined;
}
