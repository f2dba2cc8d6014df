/** Lines of a multi-line secret shorter than this (`-----`, a last line of base64) are not worth hiding alone. */
const SHORTEST_LINE = 16;

/** Every text a secret may appear as; some may be equal. */
export function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  return [
    value,
    ...linesOf(value),
    ...jsonForms(value),
    ...urlForms(value),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ];
}

/** Logs show a private key line by line, each with a prefix. */
function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  if (lines.length === 1) return lines[0] === value ? [] : lines;
  return lines.filter((line) => line.length >= SHORTEST_LINE && !/^-{3,}/.test(line));
}

/** Escaped once and twice (JSON inside JSON), with and without `\u` for other than ASCII, with `\/` as PHP writes. */
function jsonForms(value: string): string[] {
  const once = escapeJson(value);
  const ascii = once.replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [once, ascii, escapeJson(once), escapeJson(ascii), once.replaceAll('/', '\\/')];
}

function escapeJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function urlForms(value: string): string[] {
  // A lone surrogate has no UTF-8 form and encodeURIComponent would throw.
  const component = encodeURIComponent(Buffer.from(value).toString());
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  const strict = component.replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const lower = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [component, form, strict, lower(component), lower(form), lower(strict)];
}

/**
 * Base64 of a longer text shows the secret in one of three ways, by its position in it. Characters at either end
 * that hold bits of the neighbours too are left out.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const inner = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
