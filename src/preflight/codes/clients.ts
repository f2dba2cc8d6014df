import type { CodeFacts } from './code-facts.ts';

/** What can be wrong with a client's files. */
export const CLIENTS_CODES = {
  CLIENT_COMMAND_MISSING: {
    severity: 'error',
    meaning: 'A client starts a server with a program that is not there.',
    remedy: 'Correct the entry, or let mcpctl import it.',
  },
  CLIENT_ENTRY_CONFLICT: {
    severity: 'error',
    meaning: 'A client has another entry under the name of a server of yours.',
    remedy: 'Adopt it with mcpctl import, or replace it with mcpctl sync --force.',
  },
  CLIENT_ENTRY_EDITED: {
    severity: 'warning',
    meaning: 'Somebody changed an entry that mcpctl wrote.',
    remedy: 'Write it again: mcpctl sync.',
  },
  CLIENT_ENTRY_INVALID: {
    severity: 'error',
    meaning: 'A client cannot use an entry of its file.',
    remedy: 'Correct it, or let mcpctl import it.',
  },
  CLIENT_ENTRY_LEFTOVER: {
    severity: 'warning',
    meaning: 'A client still starts a server that is not in the manifest.',
    remedy: 'Take it away: mcpctl sync.',
  },
  CLIENT_ENTRY_MISSING: {
    severity: 'error',
    meaning: 'An entry that mcpctl wrote is gone from a client.',
    remedy: 'Write it again: mcpctl sync.',
  },
  CLIENT_ENTRY_STALE: {
    severity: 'error',
    meaning: 'An entry starts a Node or an mcpctl that is no longer there.',
    remedy: 'Write it again: mcpctl sync.',
  },
  CLIENT_ENTRY_UNSUPPORTED: {
    severity: 'warning',
    meaning: 'A client would drop or misread an entry.',
    remedy: 'Let mcpctl start the server: mcpctl import, then mcpctl sync.',
  },
  CLIENT_ENTRY_UNSYNCED: {
    severity: 'warning',
    meaning:
      'A server of the manifest is not in a client yet; information only for a client that never was synced.',
    remedy: 'Write it: mcpctl sync.',
  },
  CLIENT_FILE_AMBIGUOUS: {
    severity: 'warning',
    meaning: 'Two files exist, and which one the client reads is not certain.',
    remedy: 'Delete the one it no longer uses.',
  },
  CLIENT_FILE_BYTE_ORDER_MARK: {
    severity: 'error',
    meaning: 'A file begins with an invisible mark over which the client loses it.',
    remedy: 'Take the mark away (doctor --fix does).',
  },
  CLIENT_FILE_COMMENT: {
    severity: 'error',
    meaning: 'A file holds comments, which the client cannot read.',
    remedy: 'Take them away (doctor --fix does and keeps a backup).',
  },
  CLIENT_FILE_DUPLICATE_KEY: {
    severity: 'warning',
    meaning: 'A file holds the same key twice.',
    remedy: 'Remove one of them.',
  },
  CLIENT_FILE_SHAPE: {
    severity: 'error',
    meaning: 'Something else than an object stands where the servers of a client belong.',
    remedy: 'Correct the file, or restore a backup.',
  },
  CLIENT_FILE_SYNTAX: {
    severity: 'error',
    meaning: 'A file of a client cannot be parsed.',
    remedy: 'Correct the line doctor names, or restore a backup.',
  },
  CLIENT_FILE_TRAILING_COMMA: {
    severity: 'error',
    meaning: 'A file holds a comma after the last item, which the client cannot read.',
    remedy: 'Take it away (doctor --fix does).',
  },
  CLIENT_FILE_UNREADABLE: {
    severity: 'error',
    meaning: 'A file of a client cannot be read as text.',
    remedy: 'Save it as UTF-8, and check its permissions.',
  },
  CLIENT_NAME_TWICE: {
    severity: 'warning',
    meaning: 'A client has two different servers of the same name.',
    remedy: 'Rename or remove one of them.',
  },
  CLIENT_RECORD_BROKEN: {
    severity: 'error',
    meaning: 'The record of what mcpctl wrote into clients cannot be read.',
    remedy: 'Delete it and sync again.',
  },
  CLIENT_REFERENCE_LITERAL: {
    severity: 'warning',
    meaning: 'A client would pass a reference such as ${TOKEN} on as literal text.',
    remedy: 'Let mcpctl start the server: mcpctl import, then mcpctl sync.',
  },
  CLIENT_ROOT_KEY_WRONG: {
    severity: 'error',
    meaning: 'Servers stand under a key the client does not read.',
    remedy: 'Move them under the right key.',
  },
  CLIENT_RUNNING: {
    severity: 'warning',
    meaning: 'A client runs that would overwrite a change from memory.',
    remedy: 'Quit it fully, tray included, then sync.',
  },
  CLIENT_SECRET_LITERAL: {
    severity: 'warning',
    meaning: 'A file of a client holds a secret in clear text.',
    remedy: 'Move it into the keychain: mcpctl import.',
  },
  CLIENT_TOOL_NAME_TOO_LONG: {
    severity: 'warning',
    meaning: 'A tool has a longer name than a client allows.',
    remedy: 'Give the server a shorter name.',
  },
  CLIENT_TOO_MANY_TOOLS: {
    severity: 'warning',
    meaning: 'The servers of a client offer more tools than it takes.',
    remedy: 'Take a server away from it.',
  },
  CLIENT_URL_UNSUPPORTED: {
    severity: 'error',
    meaning: 'A client has an entry with a URL and can start programs only.',
    remedy: 'Let mcpctl reach the server for it: mcpctl import, then mcpctl sync.',
  },
} as const satisfies Record<string, CodeFacts>;
