import { isRecord, type Json } from '../core/json.ts';

/** How a JSON file is laid out, as far as new text must follow it. */
export interface Layout {
  readonly lineEnd: string;
  /** One level of indentation. */
  readonly unit: string;
  /** False for text without spaces, such as `{"a":1}`. */
  readonly spaced: boolean;
}

/** A value over several lines, the first without indent; `indent` is that of the line it begins on. */
export function printBlock(value: Json, indent: string, { lineEnd, unit }: Layout): string {
  const text = JSON.stringify(value, null, unit);
  return text.replaceAll('\n', lineEnd + indent);
}

/** A value on one line. */
export function printInline(value: Json, layout: Layout): string {
  if (!layout.spaced) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => printInline(item, layout)).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${printInline(item as Json, layout)}`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** Layout of existing text: the unit is the first indent seen after an opening bracket, two spaces when there is none. */
export function layoutOf(text: string, lineEnd: string): Layout {
  const unit = /[{[][ \t]*\r?\n([ \t]+)["{[]/.exec(text)?.[1];
  const nested = /^([ \t]*)"(?:[^"\\]|\\.)*"[ \t]*:[ \t]*[{[][ \t]*\r?\n([ \t]+)\S/m.exec(text);
  const [, outer = '', inner = ''] = nested ?? [];
  const step = inner.startsWith(outer) ? inner.slice(outer.length) : '';
  return { lineEnd, unit: step || unit || '  ', spaced: !/^\s*[{[]["{[]/.test(text) || /":\s/.test(text) };
}
