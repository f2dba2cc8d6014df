import { isRecord } from '../core/json.ts';

/** Same content: key order does not count, numbers and dates compare by what they print. */
export function sameContent(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameContent(item, b[index]));
  }
  if (a instanceof Date && b instanceof Date) return JSON.stringify(a) === JSON.stringify(b);
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameContent(a[key], b[key]))
    );
  }
  return typeof a === 'number' && typeof b === 'number' && Number.isNaN(a) && Number.isNaN(b);
}

/** A copy of `value` with the value at `path` set; missing parents become objects. Nothing is shared along the path. */
export function withValue(value: unknown, path: readonly (string | number)[], leaf: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  if (Array.isArray(value)) {
    const copy = [...value];
    copy[Number(key)] = withValue(value[Number(key)], rest, leaf);
    return copy;
  }
  const copy = ownCopy(value);
  define(copy, String(key), withValue(Object.hasOwn(copy, key) ? copy[key] : {}, rest, leaf));
  return copy;
}

/** A copy of `value` without what stands at `path`. */
export function withoutValue(value: unknown, path: readonly (string | number)[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  if (Array.isArray(value)) {
    if (rest.length === 0) return value.toSpliced(Number(key), 1);
    return value.map((item, index) => (index === Number(key) ? withoutValue(item, rest) : item));
  }
  if (!isRecord(value) || !Object.hasOwn(value, key)) return value;
  const copy = ownCopy(value);
  if (rest.length === 0) delete copy[key];
  else define(copy, String(key), withoutValue(copy[key], rest));
  return copy;
}

/** The value at `path`, own properties only; undefined when there is none. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

function ownCopy(value: unknown): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  if (isRecord(value)) for (const key of Object.keys(value)) define(copy, key, value[key]);
  return copy;
}

/** Plain assignment to `__proto__` would change the prototype instead. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
