import { parseReferences, REFERENCE_SCHEMES } from '../core/reference.ts';
import { literalSecretIn, type TextValue, textsIn } from '../documents/conceal.ts';
import type { DocumentPath } from '../documents/document.ts';
import type { Report } from './problem.ts';

/** Reports literal secrets and malformed references in every text of an entry, however deep. */
export function reportValues(entry: unknown, report: Report, path: DocumentPath): void {
  for (const value of textsIn(entry, path)) {
    reportSecret(value, report);
    reportReferences(value.text, report, value.path);
  }
}

function reportSecret(value: TextValue, report: Report): void {
  const kind = literalSecretIn(value);
  if (!kind) return;
  const { key, path } = value;
  const name = variableName(key, path);
  report.add({
    code: 'SECRET_LITERAL',
    severity: 'error',
    message: `${path.slice(2).join('.')} holds a secret in clear (${kind})`,
    hint: `Store it with: mcpctl secret set ${name}   then write \${${name}} here. Anyone who saw the file may have it: get a new one.`,
    path,
  });
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
