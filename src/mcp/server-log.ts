import type { RedactionStream } from '../core/redaction.ts';

/** Where everything goes that a server says besides messages. */
export interface ServerLog {
  /** Raw stderr of the server. */
  stderr(chunk: Buffer): void;
  /** A line of stdout that is no message. */
  junk(line: Buffer): void;
  /** A remark of mcpctl on what the server does. */
  note(text: string): void;
  /** The server has said its last word. */
  end(): void;
  /** Takes away secrets, for what is quoted elsewhere. */
  redact(text: string): string;
  /** The last lines of stderr, redacted, oldest first; before them the last one that names an error. */
  lastLines(): string[];
  /** How many lines of stdout were no messages, and the first of them, redacted. */
  readonly junkCount: number;
  readonly firstJunk: string | undefined;
}

/** Takes away secrets; `stream` does it for text that is cut into pieces, and text is left as it is without one. */
export interface Redaction {
  (text: string): string;
  stream?(): RedactionStream;
}

export interface ServerLogOptions {
  readonly redact: Redaction;
  /** Gets each line, redacted, without its line break; a line over 8 KiB comes in pieces, on stdout only its start. */
  readonly write?: (line: string, source: 'stderr' | 'stdout') => void;
}

const KEPT_LINES = 5;
/** As Node, Python and most others write the reason above a stack of calls. */
const ERROR_LINE = /^\s*(?:\[?[A-Za-z.]*(?:Error|Exception)\b.{0,40}: |(?:fatal|error|panic)\b.{0,20}: )/i;
const MAX_LINE_CHARACTERS = 8 * 1024;
const QUOTED_CHARACTERS = 300;

export function createServerLog({ redact, write }: ServerLogOptions): ServerLog {
  const last: string[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  let junkCount = 0;
  let firstJunk: string | undefined;
  let reason: string | undefined;
  /** Open while a line comes in pieces, so that a secret across the cut is still one secret. */
  let pieces: RedactionStream | undefined;
  const line = (text: string): void => {
    const clean = pieces ? pieces.write(printable(text)) + pieces.end() : redact(printable(text));
    pieces = undefined;
    tell(clean);
  };
  const piece = (text: string): void => {
    pieces ??= streamOf(redact);
    tell(pieces.write(printable(text)));
  };
  const tell = (clean: string): void => {
    if (clean.trim() === '') return;
    const quoted = clean.slice(0, QUOTED_CHARACTERS);
    last.push(quoted);
    if (last.length > KEPT_LINES) last.shift();
    if (ERROR_LINE.test(quoted)) reason = quoted;
    write?.(clean, 'stderr');
  };
  return {
    redact,
    stderr(chunk) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) line(text);
      if (rest.length > MAX_LINE_CHARACTERS) {
        const end = rest.search(UNFINISHED_CONTROL);
        piece(end === -1 ? rest : rest.slice(0, end));
        rest = end === -1 ? '' : rest.slice(end);
      }
    },
    junk(bytes) {
      const text = printable(bytes.toString('utf8', 0, MAX_LINE_CHARACTERS).trimEnd());
      // What a cut leaves of a secret is held back by the stream, and never asked for.
      const clean = bytes.length > MAX_LINE_CHARACTERS ? streamOf(redact).write(text) : redact(text);
      junkCount += 1;
      firstJunk ??= clean.slice(0, QUOTED_CHARACTERS);
      write?.(clean, 'stdout');
    },
    note: (text) => write?.(`mcpctl: ${redact(printable(text))}`, 'stderr'),
    end() {
      if (rest !== '' || pieces) line(rest);
      rest = '';
    },
    lastLines: () => (reason === undefined || last.includes(reason) ? [...last] : [reason, ...last]),
    get junkCount() {
      return junkCount;
    },
    get firstJunk() {
      return firstJunk;
    },
  };
}

/** The start of a terminal control at the end of a text. */
const UNFINISHED_CONTROL = /\u001b(?:\[[0-9;?]*[ -/]*)?$/;

function streamOf(redact: Redaction): RedactionStream {
  return redact.stream?.() ?? { write: (text) => redact(String(text)), end: () => '' };
}

/** Without line breaks, colours, other terminal controls and what shows text in another order than it has. */
function printable(text: string): string {
  return text
    .replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}
