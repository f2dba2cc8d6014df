import {
  CLOSE,
  CLOSE_LIST,
  COLON,
  COMMA,
  isQuote,
  OPEN,
  OPEN_LIST,
  type Span,
  scalarEnd,
  scalarStart,
  skipSpace,
  stringEnd,
  stringStart,
} from './json-scan.ts';

/** The top-level members of a message that matter to a relay. */
export interface Members {
  /** JSON text. */
  readonly id?: string | undefined;
  readonly method?: string | undefined;
  /** True when `result` or `error` is there. */
  readonly isAnswer: boolean;
}

interface Found {
  id?: Span;
  method?: string;
  isAnswer: boolean;
}

/**
 * Finds id and method of a large message by reading its scalar members from both ends, up to the first nested
 * value on either side; senders put `params` or `result` first, last or between. Undefined when that does not
 * settle it (the caller parses then).
 */
export function scanMembers(line: Buffer): Members | undefined {
  const found = scanEnds(line);
  if (!found) return undefined;
  const { id, method, isAnswer } = found;
  return {
    id: id && line.toString('utf8', id.start, id.end),
    method,
    isAnswer,
  };
}

/** Where the id of a message is, found as `scanMembers` finds it. */
export function scanId(line: Buffer): Span | undefined {
  return scanEnds(line)?.id;
}

function scanEnds(line: Buffer): Found | undefined {
  const found: Found = { isAnswer: false };
  const isWhole = scanForward(line, found);
  if (isWhole === undefined) return undefined;
  if (!isWhole && scanBackward(line, found) === undefined) return undefined;
  const isSettled = found.id !== undefined && (found.method !== undefined || found.isAnswer);
  return isWhole || isSettled ? found : undefined;
}

/** True when the object ended, false when it stopped at a nested value, undefined when this is no object. */
function scanForward(line: Buffer, found: Found): boolean | undefined {
  let at = skipSpace(line, 0, 1);
  if (line[at] !== OPEN) return undefined;
  at = skipSpace(line, at + 1, 1);
  while (isQuote(line[at])) {
    const keyEnd = stringEnd(line, at);
    const colon = skipSpace(line, keyEnd, 1);
    if (keyEnd === -1 || line[colon] !== COLON) return undefined;
    const key = line.toString('latin1', at + 1, keyEnd - 1);
    const start = skipSpace(line, colon + 1, 1);
    const first = line[start];
    if (first === OPEN || first === OPEN_LIST) {
      note(line, found, key);
      return false;
    }
    const end = isQuote(first) ? stringEnd(line, start) : scalarEnd(line, start);
    if (end <= start) return undefined;
    note(line, found, key, { start, end });
    at = skipSpace(line, end, 1);
    if (line[at] === CLOSE) return true;
    if (line[at] !== COMMA) return undefined;
    at = skipSpace(line, at + 1, 1);
  }
  return undefined;
}

/** Like `scanForward` from the closing brace; between structural bytes the tokens are as plain backwards. */
function scanBackward(line: Buffer, found: Found): boolean | undefined {
  let at = skipSpace(line, line.length - 1, -1);
  if (line[at] !== CLOSE) return undefined;
  at = skipSpace(line, at - 1, -1);
  while (at > 0) {
    const last = line[at];
    if (last === CLOSE || last === CLOSE_LIST) return false;
    const start = isQuote(last) ? stringStart(line, at) : scalarStart(line, at);
    const colon = skipSpace(line, start - 1, -1);
    const keyLast = skipSpace(line, colon - 1, -1);
    if (start < 1 || line[colon] !== COLON || !isQuote(line[keyLast])) return undefined;
    const keyStart = stringStart(line, keyLast);
    note(line, found, line.toString('latin1', keyStart + 1, keyLast), { start, end: at + 1 });
    at = skipSpace(line, keyStart - 1, -1);
    if (line[at] === OPEN) return true;
    if (line[at] !== COMMA) return undefined;
    at = skipSpace(line, at - 1, -1);
  }
  return undefined;
}

function note(line: Buffer, found: Found, key: string, value?: Span): void {
  if (key === 'result' || key === 'error') found.isAnswer = true;
  else if (key === 'id' && value) found.id = value;
  else if (key === 'method' && value) {
    const method: unknown = JSON.parse(line.toString('utf8', value.start, value.end));
    if (typeof method === 'string') found.method = method;
  }
}
