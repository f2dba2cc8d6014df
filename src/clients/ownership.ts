import { isRecord, type JsonObject } from '../core/json.ts';
import { sameContent } from '../documents/equality.ts';
import type { Shape } from './adapter.ts';
import { type ClientEntry, fingerprint, launchFingerprint, sameEntry } from './entry.ts';
import { partsOfManaged } from './managed.ts';
import type { WrittenEntry } from './record.ts';

const LIST_KEYS = new Set(['args', 'env_vars', 'env_keys']);
const MAP_KEYS = new Set(['env', 'environment', 'envs', 'headers', 'http_headers', 'env_http_headers']);

/** `shape.decode`, but undefined also when a value has a type that clients refuse, such as a number in `env`. */
export function decodeStrictly(shape: Shape, value: unknown): ClientEntry | undefined {
  if (!isRecord(value)) return undefined;
  const isSound = Object.entries(value).every(([key, item]) => {
    if (LIST_KEYS.has(key)) return Array.isArray(item) && item.every(isString);
    if (MAP_KEYS.has(key)) return isRecord(item) && Object.values(item).every(isString);
    return key !== 'command' || !Array.isArray(item) || item.every(isString);
  });
  return isSound ? shape.decode(value) : undefined;
}

const isString = (item: unknown): boolean => typeof item === 'string';

/**
 * True for an entry mcpctl wrote: it runs `mcpctl run <name>`, or the record knows it. An entry that now starts
 * something else belongs to whoever changed it.
 */
export function isOurs(
  name: string,
  value: unknown,
  shape: Shape,
  written: WrittenEntry | undefined,
): boolean {
  const entry = decodeStrictly(shape, value);
  if (!entry) return written !== undefined;
  const parts = partsOfManaged(entry);
  if (parts && (parts.server === name || written)) return true;
  return (
    written !== undefined &&
    (written.entry === fingerprint(entry) || written.launch === launchFingerprint(entry))
  );
}

/** True when the client would start exactly what `encoded` says; keys of the user's own do not count. */
export function isCurrent(
  value: Readonly<Record<string, unknown>>,
  encoded: JsonObject,
  shape: Shape,
): boolean {
  const same = shape.launchKeys.every((key) =>
    sameContent(value[key] ?? absent(key), encoded[key] ?? absent(key)),
  );
  if (same) return true;
  // Cline's CLI moves the launch under `transport`; no other shape has the key.
  if (!isRecord(value.transport)) return false;
  const [found, meant] = [decodeStrictly(shape, value), shape.decode(encoded)];
  return found !== undefined && meant !== undefined && sameEntry(found, meant);
}

/** The entry to write over `value`: its launch replaced, the user's own keys kept. */
export function mergeEntry(value: unknown, encoded: JsonObject, shape: Shape): JsonObject {
  if (!isRecord(value)) return encoded;
  const kept = Object.fromEntries(Object.entries(value).filter(([key]) => !shape.launchKeys.includes(key)));
  const inOrder = Object.keys(value).filter((key) => key in encoded || key in kept);
  const merged = { ...encoded, ...kept } as JsonObject;
  return Object.fromEntries(
    [...new Set([...inOrder, ...Object.keys(merged)])].map((key) => [key, merged[key] ?? null]),
  );
}

function absent(key: string): unknown {
  if (MAP_KEYS.has(key)) return {};
  if (LIST_KEYS.has(key)) return [];
  return key === 'type' ? 'stdio' : undefined;
}
