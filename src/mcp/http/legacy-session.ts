import { isRecord } from '../../core/json.ts';

/** What is remembered of a session of the `initialize` era, so that it can be begun again. */
export interface LegacySession {
  /** The client's own messages, byte for byte. */
  readonly initialize: Buffer;
  initialized?: Buffer;
  /** `Mcp-Session-Id`, when the server gave one. */
  id?: string;
  /** Agreed protocol version. */
  version?: string;
}

export function sessionHeaders(session: LegacySession | undefined): Record<string, string> {
  return {
    ...(session?.id !== undefined && { 'mcp-session-id': session.id }),
    ...(session?.version !== undefined && { 'mcp-protocol-version': session.version }),
  };
}

/** Notes the version in an answer to `initialize`; false when the answer is an error. */
export function noteVersion(answer: Buffer, session: LegacySession | undefined): boolean {
  const message: unknown = JSON.parse(answer.toString('utf8'));
  if (!isRecord(message) || !isRecord(message.result)) return false;
  const { protocolVersion } = message.result;
  if (session && typeof protocolVersion === 'string') session.version = protocolVersion;
  return true;
}
