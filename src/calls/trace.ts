import { isRecord } from '../core/json.ts';
import { someRandomHex } from '../core/random-bytes.ts';
import type { TraceContext } from './tool-call.ts';

/** Trace context as it travels, in `params._meta` or in HTTP headers. */
export interface CarriedTrace {
  readonly traceparent: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** Of HTTP answers: the trace id, by which logs and the audit log can be searched. */
export const CORRELATION_HEADER = 'x-correlation-id';

/**
 * The trace a request belongs to, with a span of our own: the caller's where `_meta`, or else the HTTP header, names
 * a valid one, and a new one otherwise. What is invalid is dropped, never passed on.
 */
export function traceOf(message: unknown, header?: string): TraceContext {
  const carried = carriedBy(message);
  const parent = parseTraceparent(carried.traceparent) ?? parseTraceparent(header);
  const spanId = newId(8);
  // Sampled: servers that decide by their caller would fall silent otherwise.
  if (!parent) return { traceId: newId(16), spanId, flags: '01', ...baggageOf(carried) };
  const tracestate = isTracestate(carried.tracestate) ? carried.tracestate : undefined;
  return { ...parent, spanId, ...(tracestate !== undefined && { tracestate }), ...baggageOf(carried) };
}

/** What goes on to the server, which becomes a child of our span. */
export function carriedTrace({ traceId, spanId, flags, tracestate, baggage }: TraceContext): CarriedTrace {
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(tracestate !== undefined && { tracestate }),
    ...(baggage !== undefined && { baggage }),
  };
}

function carriedBy(message: unknown): Partial<Record<keyof CarriedTrace, unknown>> {
  const params = isRecord(message) && isRecord(message.params) ? message.params : {};
  return isRecord(params._meta) ? params._meta : {};
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;
/** Bits that version 00 knows. */
const KNOWN_FLAGS = 0x01;

/** Undefined unless it is valid (W3C Trace Context, 3.2); of later versions the part that is known counts. */
function parseTraceparent(
  value: unknown,
): (Pick<TraceContext, 'traceId' | 'flags'> & { parentSpanId: string }) | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_TRACEPARENT) return undefined;
  const [, version, traceId = '', parentSpanId = '', flags = '', more] = TRACEPARENT.exec(value) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (ZEROS.test(traceId) || ZEROS.test(parentSpanId)) return undefined;
  const known = (Number.parseInt(flags, 16) & KNOWN_FLAGS).toString(16).padStart(2, '0');
  return { traceId, parentSpanId, flags: known };
}

const LONGEST_TRACEPARENT = 256;
const LONGEST_TRACESTATE = 512;
const MOST_MEMBERS = 32;
const MEMBER =
  /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

function isTracestate(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_TRACESTATE) return false;
  const members = value.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  const filled = members.filter((member) => member !== '');
  const keys = new Set(filled.map((member) => member.slice(0, member.indexOf('='))));
  return (
    filled.length > 0 &&
    filled.length <= MOST_MEMBERS &&
    keys.size === filled.length &&
    filled.every((member) => MEMBER.test(member))
  );
}

const LONGEST_BAGGAGE = 8192;
const BAGGAGE =
  /^[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*=[ \t]*[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*[ \t]*(?:;[^,\0-\x1f\x7f-\uffff]*)?$/;

function baggageOf({ baggage }: { readonly baggage?: unknown }): Pick<TraceContext, 'baggage'> {
  if (typeof baggage !== 'string' || baggage === '' || baggage.length > LONGEST_BAGGAGE) return {};
  return baggage.split(',').every((member) => BAGGAGE.test(member)) ? { baggage } : {};
}

function newId(bytes: number): string {
  const id = someRandomHex(bytes);
  return ZEROS.test(id) ? newId(bytes) : id;
}
