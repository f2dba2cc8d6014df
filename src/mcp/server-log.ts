/** Where everything goes that a server says besides messages. */
export interface ServerLog {
  /** Raw stderr of the server. */
  stderr(chunk: Buffer): void;
  /** A line of stdout that is no message. */
  junk(line: Buffer): void;
  /** The server has said its last word. */
  end(): void;
  /** Takes away secrets, for what is quoted elsewhere. */
  redact(text: string): string;
  /** The last lines of stderr, redacted, oldest first. */
  lastLines(): string[];
  /** How many lines of stdout were no messages, and the first of them, redacted. */
  readonly junkCount: number;
  readonly firstJunk: string | undefined;
}

export interface ServerLogOptions {
  /** Takes away secrets. */
  readonly redact: (text: string) => string;
  /** Gets each whole line, redacted, without its line break. */
  readonly write?: (line: string, source: 'stderr' | 'stdout') => void;
}

const KEPT_LINES = 5;
const MAX_LINE_CHARACTERS = 8 * 1024;
const QUOTED_CHARACTERS = 300;

export function createServerLog({ redact, write }: ServerLogOptions): ServerLog {
  const last: string[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  let junkCount = 0;
  let firstJunk: string | undefined;
  const line = (text: string): void => {
    const clean = redact(printable(text));
    if (clean.trim() === '') return;
    last.push(clean.slice(0, QUOTED_CHARACTERS));
    if (last.length > KEPT_LINES) last.shift();
    write?.(clean, 'stderr');
  };
  return {
    redact,
    stderr(chunk) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) line(text);
      if (rest.length > MAX_LINE_CHARACTERS) {
        line(rest);
        rest = '';
      }
    },
    junk(bytes) {
      const clean = redact(printable(bytes.toString('utf8', 0, MAX_LINE_CHARACTERS).trimEnd()));
      junkCount += 1;
      firstJunk ??= clean.slice(0, QUOTED_CHARACTERS);
      write?.(clean, 'stdout');
    },
    end() {
      if (rest !== '') line(rest);
      rest = '';
    },
    lastLines: () => [...last],
    get junkCount() {
      return junkCount;
    },
    get firstJunk() {
      return firstJunk;
    },
  };
}

/** Without line breaks, colours and other terminal controls. */
function printable(text: string): string {
  return text
    .replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
