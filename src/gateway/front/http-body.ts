import type { IncomingMessage } from 'node:http';

/** The whole body, or why there is none. */
export type Body = Buffer | 'too-large' | 'cut-off';

/** Reads a body up to a length; of a longer one no more than that is kept. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      resolve('too-large');
      return;
    }
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > maxBytes) {
        pieces.length = 0;
        resolve('too-large');
      } else pieces.push(piece);
    });
    request.on('end', () => {
      const [first] = pieces;
      resolve(pieces.length === 1 && first ? first : Buffer.concat(pieces, size));
    });
    // Also of a request that was read whole.
    request.on('close', () => resolve('cut-off'));
  });
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;

/** JSON on one line, in place: line breaks stand between its tokens only, where a blank means the same. */
export function onOneLine(body: Buffer): Buffer {
  for (const byte of [NEWLINE, RETURN]) {
    for (let at = body.indexOf(byte); at !== -1; at = body.indexOf(byte, at + 1)) body[at] = BLANK;
  }
  return body;
}
