import type { ConfigDocument, DocumentPath } from '../documents/document.ts';

/** One thing wrong with a configuration file; line and column count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** In capitals, e.g. `SECRET_LITERAL`. */
  readonly code: string;
  /** An error keeps a server or the file from working or is unsafe; a warning can wait. */
  readonly severity: 'error' | 'warning';
  /** Never holds a secret. */
  readonly message: string;
  /** What to do, as text to write or a command to run. */
  readonly hint: string;
  /** The server whose entry it is in. */
  readonly server?: string;
}

interface Finding {
  readonly code: string;
  readonly severity: Problem['severity'];
  readonly message: string;
  readonly hint: string;
  /** Where, from the root of the document; the nearest existing parent is shown. */
  readonly path: DocumentPath;
  /** Points at the key by default for objects that are wrong as a whole, else at the value. */
  readonly at?: 'key' | 'value';
}

/** Collects findings in one file. */
export interface Report {
  add(finding: Finding): void;
}

/** A report that turns paths into places of `document`. */
export function createReport(file: string, document: ConfigDocument, problems: Problem[]): Report {
  return {
    add({ path, at = 'value', ...finding }) {
      const [root, server] = path;
      const named = root === 'mcpServers' && typeof server === 'string' ? { server } : {};
      problems.push({ file, ...placeOf(document, path, at), ...finding, ...named });
    },
  };
}

function placeOf(
  document: ConfigDocument,
  path: DocumentPath,
  at: 'key' | 'value',
): { line: number; column: number } {
  for (let length = path.length; length >= 0; length -= 1) {
    const place = document.positionOf(path.slice(0, length), length === path.length ? at : 'key');
    if (place) return { line: place.line, column: place.column };
  }
  return { line: 1, column: 1 };
}
