import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { Line } from '../talk/talk.ts';

/** A session as it went, without the keys of the server. */
export interface Recording {
  /** What it is called in reports. */
  readonly label: string;
  readonly lines: readonly Line[];
  /** Members of answers that always differ. */
  readonly ignore: readonly string[];
}

/** First line of a recording, so that nothing else is taken for one. */
export const RECORDING_HEAD = { recording: 'mcp session', version: 1 } as const;

/** One message as a line of a recording. */
export function recordedLine({ from, message }: Line): string {
  return `${JSON.stringify({ from, message })}\n`;
}

/** Reads a recording. @throws EXAMPLES_INVALID naming the line. */
export function readRecording(
  text: string,
  {
    path,
    label,
    ignore,
  }: { readonly path: string; readonly label: string; readonly ignore: readonly string[] },
): Recording {
  const [head = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '');
  const first = parsed(head);
  if (!isRecord(first) || first.recording !== RECORDING_HEAD.recording) {
    throw invalid(path, 1, 'it is no recorded session');
  }
  if (first.version !== RECORDING_HEAD.version) throw invalid(path, 1, 'a newer mcpctl recorded it');
  const lines = rest.map((line, index): Line => {
    const value = parsed(line);
    const isLine =
      isRecord(value) && (value.from === 'client' || value.from === 'server') && isRecord(value.message);
    if (!isLine) throw invalid(path, index + 2, 'the line holds no message');
    return { from: value.from as Line['from'], message: value.message as JsonObject };
  });
  return { label, lines, ignore };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function invalid(path: string, line: number, message: string): McpctlError {
  return new McpctlError('EXAMPLES_INVALID', `${path}:${line}: ${message}.`, {
    hint: 'Record the session anew: mcpctl test-server <server> --record <file>',
    data: { file: path, line },
  });
}
