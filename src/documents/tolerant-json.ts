import type { Json } from '../core/json.ts';

/**
 * Parses JSON with comments, trailing commas and a byte order mark, without positions. Small on purpose: it is
 * the reader for start-up, and the parser that checks what the editing library wrote.
 * @throws SyntaxError like `JSON.parse`.
 */
export function parseTolerantJson(text: string): Json {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return JSON.parse(bare) as Json;
  } catch {
    return JSON.parse(withoutTrailingCommas(withoutComments(bare))) as Json;
  }
}

/** The same JSON for strict readers: no byte order mark, comments and trailing commas turned into spaces. */
export function toStrictJson(text: string): string {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return withoutTrailingCommas(withoutComments(bare)).replaceAll(/[ \t]+$/gm, '');
}

const STRING = String.raw`"(?:[^"\\\r\n]|\\.)*"`;

/** Comments become spaces, so that offsets stay. */
function withoutComments(text: string): string {
  return text.replaceAll(new RegExp(`${STRING}|//[^\\r\\n]*|/\\*[^]*?\\*/`, 'g'), (token) =>
    token.startsWith('/') ? token.replaceAll(/[^\r\n]/g, ' ') : token,
  );
}

/** A comma with nothing before it (`[,]`, `1,,`) is no trailing comma and stays, for `JSON.parse` to refuse. */
function withoutTrailingCommas(text: string): string {
  return text.replaceAll(
    new RegExp(`${STRING}|[[{,:][ \\t\\r\\n]*,|,(?=[ \\t\\r\\n]*[\\]}])`, 'g'),
    (token) => (token === ',' ? ' ' : token),
  );
}
