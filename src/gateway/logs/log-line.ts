import { isRecord } from '../../core/json.ts';
import { levelIn } from './level-in.ts';
import { parseServerLine } from './server-line.ts';
import { LEVELS, type Level, toldFacts } from './text-line.ts';

/** A line of a log, whichever file it is from. */
export interface LogLine {
  /** Milliseconds since 1970; undefined before the first line of a file that tells a time. */
  readonly at: number | undefined;
  readonly from: 'server' | 'gateway';
  /** Absent for what a gateway says of itself. */
  readonly server?: string;
  readonly level: Level;
  readonly pid?: number;
  readonly text: string;
  /** What a gateway recorded besides. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** A server's own file, or with no server that of the gateways. */
export interface LogPlace {
  readonly path: string;
  readonly server?: string;
}

/** True for a line that does not go on from the one before it. */
export function isFirstLine(line: string, { server }: LogPlace): boolean {
  if (server === undefined) return line.startsWith('{');
  const text = parseServerLine(line)?.text;
  return text !== undefined && !/^\s/.test(text);
}

/**
 * Reads the lines of one file in their order. A line that tells no time, as when it was cut, has that of the line
 * before; an indented one has its level too, so that a stack of calls stays with its error.
 */
export function createLineReader(place: LogPlace): (line: string) => LogLine {
  let before: LogLine | undefined;
  return (line) => {
    before = place.server === undefined ? gatewayLine(line, before) : lineOf(place.server, line, before);
    return before;
  };
}

function lineOf(server: string, line: string, before: LogLine | undefined): LogLine {
  const parsed = parseServerLine(line);
  const text = parsed?.text ?? line;
  const level = (/^\s/.test(text) ? before?.level : undefined) ?? levelIn(text) ?? 'info';
  const known = parsed ? { at: parsed.at, pid: parsed.pid } : { at: before?.at };
  return { from: 'server', server, level, ...known, text };
}

function gatewayLine(line: string, before: LogLine | undefined): LogLine {
  const parsed = parsedRecord(line);
  const at = typeof parsed?.time === 'string' ? Date.parse(parsed.time) : Number.NaN;
  if (!parsed || Number.isNaN(at)) return { from: 'gateway', at: before?.at, level: 'info', text: line };
  const { level: written, time: _, pid, msg, ...facts } = parsed;
  const level = LEVELS.find((known) => known === written) ?? 'info';
  return {
    from: 'gateway',
    at,
    ...(typeof facts.server === 'string' && { server: facts.server }),
    level,
    ...(typeof pid === 'number' && { pid }),
    text: toldFacts(level, typeof msg === 'string' ? msg : '', facts),
    facts,
  };
}

function parsedRecord(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
