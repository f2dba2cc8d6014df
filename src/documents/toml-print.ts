import { isRecord } from '../core/json.ts';

/** A value as TOML writes it on one line. Null has no TOML form: the caller refuses it before. */
export function printTomlValue(value: unknown): string {
  if (typeof value === 'string') return printString(value);
  if (Array.isArray(value)) return `[${value.map(printTomlValue).join(', ')}]`;
  if (!isRecord(value)) return String(value);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${printTomlKey([key])} = ${printTomlValue(item)}`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function printTomlKey(path: readonly (string | number)[]): string {
  return path
    .map((part) => (/^[A-Za-z0-9_-]+$/.test(String(part)) ? part : printString(String(part))))
    .join('.');
}

/** `[path]` with its pairs, then its inner tables as blocks of their own, without a final line end. */
export function printTomlTable(
  path: readonly (string | number)[],
  table: Readonly<Record<string, unknown>>,
  lineEnd: string,
): string {
  const entries = Object.entries(table);
  const pairs = entries.filter(([, value]) => !isRecord(value));
  const tables = entries.filter(([, value]) => isRecord(value));
  const own = [`[${printTomlKey(path)}]`, ...pairs.map(([key, value]) => printTomlPair(key, value))];
  const inner = tables.map(([key, value]) =>
    printTomlTable([...path, key], value as Record<string, unknown>, lineEnd),
  );
  return [own.join(lineEnd), ...inner].join(lineEnd + lineEnd);
}

export function printTomlPair(key: string | number, value: unknown): string {
  return `${printTomlKey([key])} = ${printTomlValue(value)}`;
}

/** True when somewhere in the value stands something TOML cannot say. */
export function hasNull(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}

function printString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
