/** The top-level members of a message that matter to a relay. */
export interface Members {
  /** JSON text. */
  readonly id?: string;
  readonly method?: string;
  /** True when `result` or `error` is there. */
  readonly isAnswer: boolean;
}

interface Found {
  id?: string;
  method?: string;
  isAnswer: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/**
 * Finds id and method of a large message by reading its scalar members from both ends, up to the first nested
 * value on either side; senders put `params` or `result` first, last or between. Undefined when that does not
 * settle it (the caller parses then).
 */
export function scanMembers(line: Buffer): Members | undefined {
  const found: Found = { isAnswer: false };
  const isWhole = scanForward(line, found);
  if (isWhole === undefined) return undefined;
  if (!isWhole && scanBackward(line, found) === undefined) return undefined;
  const isSettled = found.id !== undefined && (found.method !== undefined || found.isAnswer);
  return isWhole || isSettled ? found : undefined;
}

/** True when the object ended, false when it stopped at a nested value, undefined when this is no object. */
function scanForward(line: Buffer, found: Found): boolean | undefined {
  let at = skip(line, 0, 1);
  if (line[at] !== OPEN) return undefined;
  at = skip(line, at + 1, 1);
  while (line[at] === QUOTE) {
    const keyEnd = stringEnd(line, at);
    const colon = skip(line, keyEnd + 1, 1);
    if (keyEnd === -1 || line[colon] !== COLON) return undefined;
    const key = line.toString('latin1', at + 1, keyEnd);
    const start = skip(line, colon + 1, 1);
    const first = line[start];
    if (first === OPEN || first === OPEN_LIST) {
      note(found, key, undefined);
      return false;
    }
    const end = first === QUOTE ? stringEnd(line, start) + 1 : scalarEnd(line, start);
    if (end <= start) return undefined;
    note(found, key, () => line.toString('utf8', start, end));
    at = skip(line, end, 1);
    if (line[at] === CLOSE) return true;
    if (line[at] !== COMMA) return undefined;
    at = skip(line, at + 1, 1);
  }
  return undefined;
}

/** Like `scanForward` from the closing brace; between structural bytes the tokens are as plain backwards. */
function scanBackward(line: Buffer, found: Found): boolean | undefined {
  let at = skip(line, line.length - 1, -1);
  if (line[at] !== CLOSE) return undefined;
  at = skip(line, at - 1, -1);
  while (at > 0) {
    const last = line[at];
    if (last === CLOSE || last === CLOSE_LIST) return false;
    const start = last === QUOTE ? stringStart(line, at) : scalarStart(line, at);
    const colon = skip(line, start - 1, -1);
    const keyEnd = skip(line, colon - 1, -1);
    if (start < 1 || line[colon] !== COLON || line[keyEnd] !== QUOTE) return undefined;
    const keyStart = stringStart(line, keyEnd);
    const end = at + 1;
    note(found, line.toString('latin1', keyStart + 1, keyEnd), () => line.toString('utf8', start, end));
    at = skip(line, keyStart - 1, -1);
    if (line[at] === OPEN) return true;
    if (line[at] !== COMMA) return undefined;
    at = skip(line, at - 1, -1);
  }
  return undefined;
}

function note(found: Found, key: string, text: (() => string) | undefined): void {
  if (key === 'result' || key === 'error') found.isAnswer = true;
  else if (key === 'id' && text) found.id = text();
  else if (key === 'method' && text) {
    const method: unknown = JSON.parse(text());
    if (typeof method === 'string') found.method = method;
  }
}

function skip(line: Buffer, from: number, step: 1 | -1): number {
  let at = from;
  while (isSpace(line[at])) at += step;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Index of the quote that ends the string beginning at `start`, or -1. */
function stringEnd(line: Buffer, start: number): number {
  for (let at = line.indexOf(QUOTE, start + 1); at !== -1; at = line.indexOf(QUOTE, at + 1)) {
    if (!isEscaped(line, at)) return at;
  }
  return -1;
}

function stringStart(line: Buffer, end: number): number {
  for (let at = line.lastIndexOf(QUOTE, end - 1); at !== -1; at = line.lastIndexOf(QUOTE, at - 1)) {
    if (!isEscaped(line, at)) return at;
    if (at === 0) break;
  }
  return -1;
}

function isEscaped(line: Buffer, at: number): boolean {
  let slashes = 0;
  while (line[at - 1 - slashes] === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}

function scalarEnd(line: Buffer, start: number): number {
  let at = start;
  while (at < line.length && !isBoundary(line[at])) at += 1;
  return at;
}

function scalarStart(line: Buffer, end: number): number {
  let at = end;
  while (at >= 0 && !isBoundary(line[at])) at -= 1;
  return at + 1;
}

function isBoundary(byte: number | undefined): boolean {
  return isSpace(byte) || byte === COMMA || byte === COLON || byte === CLOSE || byte === CLOSE_LIST;
}
