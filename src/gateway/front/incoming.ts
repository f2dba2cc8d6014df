import { isRecord, type JsonObject } from '../../core/json.ts';
import { type Envelope, envelopeOf } from '../../mcp/envelope.ts';
import { LEGACY_VERSIONS, MODERN_VERSION } from '../../mcp/greeting.ts';
import { errorLine } from './error-line.ts';

/** One message of a client, parsed once. */
export interface Incoming {
  readonly envelope: Envelope;
  readonly message: JsonObject;
  /** One line of JSON. */
  readonly line: Buffer;
}

export interface IncomingMessages {
  readonly items: readonly Incoming[];
  readonly isBatch: boolean;
}

/** Reads what a client sent: a message or, as 2025-03-26 has it, a batch. Undefined when it is neither. */
export function readIncoming(line: Buffer): IncomingMessages | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
  const envelope = envelopeOf(value, line);
  if (!envelope) return undefined;
  if (!Array.isArray(value))
    return { items: [{ envelope, message: value as JsonObject, line }], isBatch: false };
  const items = (value as JsonObject[]).map((message, index) => ({
    envelope: envelope.items?.[index] as Envelope,
    message,
    line: Buffer.from(JSON.stringify(message)),
  }));
  return { items, isBatch: true };
}

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

/** The revision a request of the stateless era says it is of; undefined in the legacy era. */
export function modernVersionOf(message: JsonObject): string | undefined {
  const version = metaOf(message)?.[VERSION_KEY];
  return typeof version === 'string' ? version : undefined;
}

export function isLegacyVersion(version: string): boolean {
  return (LEGACY_VERSIONS as readonly string[]).includes(version);
}

/** The answer to a request of the stateless era whose `_meta` is not what it must be; undefined when it is. */
export function refuseMeta(id: string, message: JsonObject): Buffer | undefined {
  const version = modernVersionOf(message);
  if (version === undefined) return errorLine(id, -32602, `Missing _meta key ${VERSION_KEY}.`);
  if (version !== MODERN_VERSION) {
    const data = { supported: [MODERN_VERSION], requested: version };
    return errorLine(id, -32022, `Unsupported protocol version ${version}.`, data);
  }
  if (isRecord(metaOf(message)?.[CAPABILITIES_KEY])) return undefined;
  return errorLine(id, -32602, `Missing _meta key ${CAPABILITIES_KEY}.`);
}

function metaOf({ params }: JsonObject): Record<string, unknown> | undefined {
  return isRecord(params) && isRecord(params._meta) ? params._meta : undefined;
}
