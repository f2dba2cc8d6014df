import { isRecord } from '../core/json.ts';
import { parseReferences, REFERENCE_SCHEMES } from '../core/reference.ts';
import { findLiteralSecret } from '../core/secret-patterns.ts';
import type { DocumentPath } from '../documents/document.ts';
import type { Report } from './problem.ts';

/** Reports literal secrets and malformed references in every text of an entry, however deep. */
export function reportValues(
  entry: Readonly<Record<string, unknown>>,
  report: Report,
  path: DocumentPath,
): void {
  const open: { key: string; value: unknown; path: DocumentPath }[] = [{ key: '', value: entry, path }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { value, path: at } = item;
    if (typeof value === 'string') reportText(item.key, value, report, at);
    else if (Array.isArray(value)) {
      // In a list of arguments the option stands before its value.
      const option = (index: number): string => {
        const before: unknown = value[index - 1];
        return typeof before === 'string' && before.startsWith('-') ? before : '';
      };
      value.forEach((element, index) => {
        open.push({ key: option(index), value: element, path: [...at, index] });
      });
    } else if (isRecord(value)) {
      for (const [key, inner] of Object.entries(value)) open.push({ key, value: inner, path: [...at, key] });
    }
  }
}

function reportText(key: string, text: string, report: Report, path: DocumentPath): void {
  const secret = findLiteralSecret(key, text) ?? secretInQuery(text);
  if (secret) {
    const name = variableName(key, path);
    report.add({
      code: 'SECRET_LITERAL',
      severity: 'error',
      message: `${path.slice(2).join('.')} holds a secret in clear (${secret.kind})`,
      hint: `Store it with: mcpctl secret set ${name}   then write \${${name}} here. Anyone who saw the file may have it: get a new one.`,
      path,
    });
  }
  reportReferences(text, report, path);
}

function secretInQuery(text: string): { kind: string } | undefined {
  if (!/^https?:\/\/[^?]*\?/i.test(text) || !URL.canParse(text)) return undefined;
  for (const [name, value] of new URL(text).searchParams) {
    const found = findLiteralSecret(name, value);
    if (found) return found;
  }
  return undefined;
}

function reportReferences(text: string, report: Report, path: DocumentPath): void {
  const wrong = wrongReference(text);
  if (!wrong) return;
  report.add({
    code: 'REFERENCE_MALFORMED',
    severity: 'error',
    message: `${path.slice(2).join('.')} has ${wrong.what}, which would reach the server as it stands`,
    hint: wrong.hint,
    path,
  });
}

function wrongReference(text: string): { what: string; hint: string } | undefined {
  for (const segment of parseReferences(text)) {
    if (segment.kind === 'name' && segment.fallback?.includes('${')) {
      return { what: 'a reference inside a reference', hint: 'Write ${NAME} or ${NAME:-plain text}.' };
    }
    if (segment.kind !== 'text') continue;
    const [found, inner] = /\$\{([^}]*)\}?/.exec(segment.text) ?? [];
    if (found === undefined) continue;
    const name = /^(?:env|input):([A-Za-z_]\w*)$/.exec(inner ?? '')?.[1];
    if (name) return { what: `"${found}", a form of another client`, hint: `Write \${${name}}` };
    if (!found.endsWith('}')) return { what: 'a "${" without "}"', hint: 'Write ${NAME}.' };
    return {
      what: `"${found}", which is no reference`,
      hint: `Write \${NAME}, \${NAME:-default} or \${scheme:path} with ${REFERENCE_SCHEMES.join(', ')}.`,
    };
  }
  return undefined;
}

/** A name for the variable that will hold the secret: its own, or made from the server's name. */
function variableName(key: string, path: DocumentPath): string {
  const bare = key.replace(/^-+/, '');
  const own = path.at(-2) === 'env' ? bare : `${String(path[1])}_${bare || 'token'}`;
  return own
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replace(/^(\d)/, '_$1')
    .toUpperCase();
}
