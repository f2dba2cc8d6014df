import { isRecord } from '../core/json.ts';
import { type Members, scanMembers } from './envelope-scan.ts';

/** What a relay must know of a message without touching it. */
export interface Envelope {
  readonly kind: 'request' | 'notification' | 'response' | 'batch';
  /** JSON text of the id exactly as sent (`7`, `"7"`, `null`), so that numbers of any size survive. */
  readonly id?: string;
  readonly method?: string;
  /** The messages of a batch. */
  readonly items?: readonly Envelope[];
}

/** Longer lines are scanned at their ends instead of being parsed. */
const PARSE_UP_TO_BYTES = 8 * 1024;

/** Reads the envelope of one line, or returns undefined when the line is no JSON-RPC message. */
export function readEnvelope(line: Buffer): Envelope | undefined {
  if (line.length > PARSE_UP_TO_BYTES) {
    const members = scanMembers(line);
    if (members) return fromMembers(members);
  }
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
  return envelopeOf(value, line);
}

/** The envelope of a parsed message. `line` gives back ids that parsing rounded. */
export function envelopeOf(value: unknown, line?: Buffer): Envelope | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => envelopeOf(item)).filter((item) => item !== undefined);
    return items.length > 0 && items.length === value.length ? { kind: 'batch', items } : undefined;
  }
  if (!isRecord(value)) return undefined;
  if (typeof value.id === 'number' && line && !Number.isSafeInteger(value.id)) {
    const members = scanMembers(line);
    if (members) return fromMembers(members);
  }
  return fromMembers({
    id: 'id' in value ? JSON.stringify(value.id) : undefined,
    method: typeof value.method === 'string' ? value.method : undefined,
    isAnswer: 'result' in value || 'error' in value,
  });
}

function fromMembers({ id, method, isAnswer }: Members): Envelope | undefined {
  if (method !== undefined) {
    return id === undefined ? { kind: 'notification', method } : { kind: 'request', id, method };
  }
  return isAnswer ? { kind: 'response', id: id ?? 'null' } : undefined;
}
