import { isRecord } from '../../core/json.ts';
import type { ServerState } from '../../gateway/hub/hub.ts';

/** What a line of the history says: somebody begins to watch, still does, or a server came into a state. */
export type HistoryLine = BeginLine | BeatLine | StateLine;

export interface BeginLine {
  readonly kind: 'begin';
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Written when nothing else is, so that time nobody watched is known. */
export interface BeatLine {
  readonly kind: 'beat';
  readonly at: number;
}

export interface StateLine {
  readonly kind: 'state';
  readonly at: number;
  readonly server: string;
  /** Undefined when it is gone from the manifest. */
  readonly state: ServerState | undefined;
  /** Why it is not healthy. */
  readonly code?: string;
  /** When it was last known to work, where it is not healthy now. */
  readonly goodAt?: number;
}

export function printLine(line: HistoryLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** Undefined for what is no line, such as one that was torn by a crash. */
export function parseLine(text: string): HistoryLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || typeof value.at !== 'number') return undefined;
  const isWhole =
    value.kind === 'begin' ||
    value.kind === 'beat' ||
    (value.kind === 'state' &&
      typeof value.server === 'string' &&
      (value.state === undefined || typeof value.state === 'string'));
  return isWhole ? (value as unknown as HistoryLine) : undefined;
}
