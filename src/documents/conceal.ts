import { isRecord, type Json } from '../core/json.ts';
import { findLiteralSecret } from '../core/secret-patterns.ts';
import type { Dialect, DocumentPath } from './document.ts';
import { openDocument } from './open.ts';

/** One text somewhere in a configuration. */
export interface TextValue {
  readonly text: string;
  /** What it is stored under: its key, in a list of arguments the option before it, else `''`. */
  readonly key: string;
  readonly path: DocumentPath;
}

/** Every text in a value, however deep. */
export function textsIn(value: unknown, root: DocumentPath = []): TextValue[] {
  const texts: TextValue[] = [];
  const open: { key: string; value: unknown; path: DocumentPath }[] = [{ key: '', value, path: root }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { key, path } = item;
    if (typeof item.value === 'string') texts.push({ text: item.value, key, path });
    else if (Array.isArray(item.value)) {
      const list: unknown[] = item.value;
      for (const [index, element] of list.entries()) {
        const before = list[index - 1];
        const option = typeof before === 'string' && before.startsWith('-') ? before : '';
        open.push({ key: option, value: element, path: [...path, index] });
      }
    } else if (isRecord(item.value)) {
      for (const [name, inner] of Object.entries(item.value)) {
        open.push({ key: name, value: inner, path: [...path, name] });
      }
    }
  }
  return texts;
}

/** The kind of secret a text holds in clear, also in the query of a URL; undefined when it holds none. */
export function literalSecretIn({ key, text }: TextValue): string | undefined {
  const found = findLiteralSecret(key, text);
  if (found || !/^https?:\/\/[^?]*\?/i.test(text) || !URL.canParse(text)) return found?.kind;
  for (const [name, value] of new URL(text).searchParams) {
    const kind = findLiteralSecret(name, value)?.kind;
    if (kind) return kind;
  }
  return undefined;
}

const CONCEALED = '••••••••';

/** A copy of a value in which every literal secret is dots. */
export function concealed(value: Json): Json {
  const secrets = new Set(
    textsIn(value)
      .filter(literalSecretIn)
      .map(({ path }) => JSON.stringify(path)),
  );
  const copy = (item: Json, path: DocumentPath): Json => {
    if (typeof item === 'string') return secrets.has(JSON.stringify(path)) ? CONCEALED : item;
    if (Array.isArray(item)) return item.map((element, index) => copy(element, [...path, index]));
    if (!isRecord(item)) return item;
    return Object.fromEntries(
      Object.entries(item).map(([key, inner]) => [key, copy(inner as Json, [...path, key])]),
    );
  };
  return copy(value, []);
}

/**
 * Hides in any text, such as a diff, the secrets that stand in clear in the given files. A file that does not parse
 * is judged line by line.
 */
export async function createConcealer(
  files: readonly { readonly text: string; readonly dialect: Dialect }[],
): Promise<(text: string) => string> {
  const secrets = new Set<string>();
  for (const { text, dialect } of files) {
    const { value } = await openDocument(text, dialect);
    for (const found of textsIn(value)) {
      if (!literalSecretIn(found)) continue;
      // As the file may write it: plain, or with the escapes of JSON.
      secrets.add(found.text).add(JSON.stringify(found.text).slice(1, -1));
    }
  }
  const ordered = [...secrets].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return (text) =>
    ordered
      .reduce((shown, secret) => shown.replaceAll(secret, CONCEALED), text)
      .split('\n')
      .map(concealLine)
      .join('\n');
}

function concealLine(line: string): string {
  const [, key = ''] = /([\w.-]+)["']?\s*[:=]\s*["']/.exec(line) ?? [];
  return line.replaceAll(/(["'])((?:(?!\1)[^\\]|\\.)*)\1/g, (whole, quote: string, text: string) =>
    literalSecretIn({ key, text, path: [] }) ? quote + CONCEALED + quote : whole,
  );
}
