import type { CodeFacts } from './code-facts.ts';

/** What can be wrong with a manifest or its lock. */
export const MANIFEST_CODES = {
  DEV_LEFTOVER: {
    severity: 'warning',
    meaning: 'A server is in the manifest, and maybe in clients, for a mcpctl dev that was killed.',
    remedy: 'Take it out (doctor --fix does, and the next dev or sync).',
  },
  LOCK_FILE_INVALID: {
    severity: 'error',
    meaning: 'A lock file cannot be read.',
    remedy: 'Restore it from git or a backup.',
  },
  LOCK_LEFTOVER: {
    severity: 'info',
    meaning: 'A server is locked, but not in the manifest.',
    remedy: 'Take it away: mcpctl remove NAME.',
  },
  MANIFEST_ADVICE: {
    severity: 'info',
    meaning:
      'An entry works, but could be better: an unpinned package, an old transport, a key nothing reads.',
    remedy: 'Follow the advice when it suits.',
  },
  MANIFEST_BYTE_ORDER_MARK: {
    severity: 'warning',
    meaning: 'A manifest begins with an invisible mark that other readers stumble over.',
    remedy: 'Save it as UTF-8 without the mark.',
  },
  MANIFEST_DUPLICATE_KEY: {
    severity: 'error',
    meaning: 'A manifest holds the same key twice, and readers disagree on which one counts.',
    remedy: 'Remove one of them.',
  },
  MANIFEST_ENTRY_INVALID: {
    severity: 'error',
    meaning: 'An entry of a manifest cannot be used.',
    remedy: 'Correct what doctor names; mcpctl config validate lists everything.',
  },
  MANIFEST_NAME: {
    severity: 'warning',
    meaning: 'The name of a server is one some client refuses.',
    remedy: 'Use lower-case letters, digits and hyphens.',
  },
  MANIFEST_REFERENCE: {
    severity: 'error',
    meaning: 'Something looks like a reference to a value and is none.',
    remedy: 'Write it as ${NAME}.',
  },
  MANIFEST_ROOT_KEY_WRONG: {
    severity: 'error',
    meaning: 'The servers of a manifest do not stand under "mcpServers".',
    remedy: 'Rename the key.',
  },
  MANIFEST_SECRET_LITERAL: {
    severity: 'error',
    meaning: 'A manifest holds a secret in clear text.',
    remedy: 'Store it with mcpctl secret set and refer to it.',
  },
  MANIFEST_SHAPE: {
    severity: 'error',
    meaning: 'A manifest has something else where its servers should stand.',
    remedy: 'Correct it: mcpctl config validate.',
  },
  MANIFEST_SYNTAX: {
    severity: 'error',
    meaning: 'A manifest is not valid JSON.',
    remedy: 'Correct the line doctor names, or restore a backup.',
  },
  MANIFEST_UNREADABLE: {
    severity: 'error',
    meaning: 'A manifest exists and cannot be read.',
    remedy: 'Check its permissions.',
  },
  MANIFEST_URL: {
    severity: 'error',
    meaning: 'The url of an entry is none, or is not encrypted.',
    remedy: 'Correct it to https://…',
  },
} as const satisfies Record<string, CodeFacts>;
