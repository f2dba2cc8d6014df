import { McpctlError } from '../core/errors.ts';
import type { Position } from './document.ts';

/** DOCUMENT_INVALID: an existing file cannot be edited safely; `name` is its path. */
export function invalidDocument(name: string, problem: Position & { readonly message: string }): McpctlError {
  const { line, column, message } = problem;
  return new McpctlError('DOCUMENT_INVALID', `${name}:${line}:${column}: ${message}.`, {
    hint: `Mend line ${line} of ${name}, then try again: nothing was written. Earlier versions: mcpctl config backups`,
    data: { file: name, line, column },
  });
}

/** DOCUMENT_EDIT_FAILED: the edit would not have come out as meant, so it was thrown away. */
export function refusedEdit(name: string, reason: string, cause?: unknown): McpctlError {
  return new McpctlError('DOCUMENT_EDIT_FAILED', `Could not edit ${name}: ${reason}; nothing was written.`, {
    hint: 'Make this change by hand, and report the file if you can share it.',
    cause,
    data: { file: name },
  });
}
