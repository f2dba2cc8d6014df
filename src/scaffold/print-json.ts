import { isRecord, type Json } from '../core/json.ts';

/** Longest line of a new project. */
const WIDTH = 110;

/** JSON as the formatter of new projects prints it: lists of plain values on one line where they fit. */
export function printJson(value: Json): string {
  return `${print(value, '', 0)}\n`;
}

/** `taken` is what stands before the value on its line, and the comma after it. */
function print(value: Json, indent: string, taken: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const isPlain = value.every((item) => typeof item !== 'object' || item === null);
    if (isPlain && indent.length + taken + line.length <= WIDTH) return line;
    return `[\n${value.map((item) => `${inner}${print(item, inner, 1)}`).join(',\n')}\n${indent}]`;
  }
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value) as [string, Json][];
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => {
    const name = `${JSON.stringify(key)}: `;
    return `${inner}${name}${print(item, inner, name.length + 1)}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
