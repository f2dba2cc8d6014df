/** Bytes of JSON text, read without parsing it. Positions are byte offsets; `end` is past the last byte. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of an object: `key` with its quotes. */
export interface Member {
  readonly key: Span;
  readonly value: Span;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const COLON = 0x3a;
export const COMMA = 0x2c;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;

/** So many bytes of a string are read one by one, which is quicker than a search that ends soon. */
const NEAR = 64;

/**
 * The members of the object that begins at `start` and where it ends, its nested values skipped. Undefined when no
 * object is there. Of text that is no JSON it notices no more than it must.
 */
export function membersAt(text: Buffer, start: number): { members: Member[]; end: number } | undefined {
  const members: Member[] = [];
  const end = walkMembers(text, start, (key, value) => {
    const valueSpan = { start: value, end: valueEnd(text, value) };
    members.push({ key, value: valueSpan });
    return valueSpan.end;
  });
  return end === -1 ? undefined : { members, end };
}

/**
 * Goes from member to member of the object that begins at `start`; `visit` gets the key and where its value begins,
 * and says where that ends. Returns where the object ends, or -1 when none is there or a value does not end.
 */
export function walkMembers(
  text: Buffer,
  start: number,
  visit: (key: Span, value: number) => number,
): number {
  if (text[start] !== OPEN) return -1;
  let at = skipSpace(text, start + 1, 1);
  if (text[at] === CLOSE) return at + 1;
  while (text[at] === QUOTE) {
    const key = { start: at, end: stringEnd(text, at) };
    const colon = key.end === -1 ? -1 : skipSpace(text, key.end, 1);
    if (text[colon] !== COLON) return -1;
    const value = skipSpace(text, colon + 1, 1);
    const end = visit(key, value);
    if (end <= value) return -1;
    at = skipSpace(text, end, 1);
    if (text[at] === CLOSE) return at + 1;
    if (text[at] !== COMMA) return -1;
    at = skipSpace(text, at + 1, 1);
  }
  return -1;
}

/** The elements of the list that begins at `start`; undefined when no list is there. */
export function elementsAt(text: Buffer, start: number): Span[] | undefined {
  if (text[start] !== OPEN_LIST) return undefined;
  const elements: Span[] = [];
  let at = skipSpace(text, start + 1, 1);
  if (text[at] === CLOSE_LIST) return elements;
  for (;;) {
    const end = valueEnd(text, at);
    if (end <= at) return undefined;
    elements.push({ start: at, end });
    at = skipSpace(text, end, 1);
    if (text[at] === CLOSE_LIST) return elements;
    if (text[at] !== COMMA) return undefined;
    at = skipSpace(text, at + 1, 1);
  }
}

/** Past the value that begins at `start`, or -1 when it does not end. However deep it is, no stack grows. */
export function valueEnd(text: Buffer, start: number): number {
  const first = text[start];
  if (first === QUOTE) return stringEnd(text, start);
  if (first !== OPEN && first !== OPEN_LIST) return scalarEnd(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === QUOTE) {
      at = stringEnd(text, at) - 1;
      if (at < 0) return -1;
    } else if (byte === OPEN || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** Past the quote that ends the string beginning at `start`, or -1. */
export function stringEnd(text: Buffer, start: number): number {
  let at = start + 1;
  for (;;) {
    for (const near = Math.min(text.length, at + NEAR); at < near; at += 1) {
      const byte = text[at];
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) at += 1;
    }
    const quote = text.indexOf(QUOTE, at);
    if (quote === -1 || !isEscaped(text, quote)) return quote === -1 ? -1 : quote + 1;
    at = quote + 1;
  }
}

/** Where the string begins whose last quote is at `last`, or -1. */
export function stringStart(text: Buffer, last: number): number {
  if (text[last] !== QUOTE || last === 0) return -1;
  for (let at = text.lastIndexOf(QUOTE, last - 1); at !== -1; at = text.lastIndexOf(QUOTE, at - 1)) {
    if (!isEscaped(text, at)) return at;
    if (at === 0) break;
  }
  return -1;
}

/** Past the number, `true`, `false` or `null` that begins at `start`. */
export function scalarEnd(text: Buffer, start: number): number {
  let at = start;
  while (at < text.length && !isBoundary(text[at])) at += 1;
  return at;
}

/** Where the number, `true`, `false` or `null` begins whose last byte is at `last`. */
export function scalarStart(text: Buffer, last: number): number {
  let at = last;
  while (at >= 0 && !isBoundary(text[at])) at -= 1;
  return at + 1;
}

/** The first offset from `from` on, or back from it, that is no white space. */
export function skipSpace(text: Buffer, from: number, step: 1 | -1): number {
  let at = from;
  while (isSpace(text[at])) at += step;
  return at;
}

export function isQuote(byte: number | undefined): boolean {
  return byte === QUOTE;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function isEscaped(text: Buffer, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}

function isBoundary(byte: number | undefined): boolean {
  return isSpace(byte) || byte === COMMA || byte === COLON || byte === CLOSE || byte === CLOSE_LIST;
}
