export interface LineSplitterOptions {
  /** One line with its line break, the bytes as they came. */
  onLine(line: Buffer): void;
  /** A line longer than `maxBytes` was dropped; called once for it, at its end, with its size in bytes. */
  onTooLong(bytes: number): void;
  /** 256 MiB by default. */
  readonly maxBytes?: number;
  /** Blank lines are left out unless this is set. */
  readonly keepBlank?: boolean;
}

export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Hands out what came without a line break at the end of the stream. */
  end(): void;
}

const MAX_LINE_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Cuts a byte stream at line breaks: each byte is copied at most once, whatever the size of a line. */
export function createLineSplitter(options: LineSplitterOptions): LineSplitter {
  const { onLine, onTooLong, maxBytes = MAX_LINE_BYTES, keepBlank = false } = options;
  let pieces: Buffer[] = [];
  let size = 0;
  const take = (piece: Buffer): void => {
    size += piece.length;
    if (size <= maxBytes) pieces.push(piece);
    else pieces = [];
  };
  const finish = (): void => {
    const [first] = pieces;
    const line = pieces.length === 1 && first ? first : Buffer.concat(pieces);
    const length = size;
    pieces = [];
    size = 0;
    if (length > maxBytes) onTooLong(length);
    else if (keepBlank || !isBlank(line)) onLine(line);
  };
  return {
    push(chunk) {
      let start = 0;
      for (;;) {
        const newline = chunk.indexOf(NEWLINE, start);
        if (newline === -1) break;
        take(chunk.subarray(start, newline + 1));
        start = newline + 1;
        finish();
      }
      if (start < chunk.length) take(start === 0 ? chunk : chunk.subarray(start));
    },
    end() {
      if (size > 0) finish();
    },
  };
}

function isBlank(line: Buffer): boolean {
  for (const byte of line) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return true;
}
