/**
 * Every error code mcpctl can report, with the process exit status it causes and what it means.
 * Exit: 1 failure, 2 usage, 3 configuration invalid, 4 sign-in needed, 5 unavailable or unhealthy,
 * 6 refused by policy, 70 a bug in mcpctl, 130 cancelled.
 */
export const ERROR_CODES = {
  CANCELLED: { exit: 130, meaning: 'You stopped the command; what it had begun was undone.' },
  CONFIRMATION_NEEDED: { exit: 2, meaning: 'The command asks before it acts, and nobody could be asked.' },
  FILE_CHANGED: {
    exit: 1,
    meaning: 'Another program changed the file after it was read; nothing was written.',
  },
  FILE_UNWRITABLE: { exit: 1, meaning: 'A file could not be written; what it held before is still there.' },
  INTERNAL: { exit: 70, meaning: 'A bug in mcpctl.' },
  LOCK_TIMEOUT: { exit: 5, meaning: 'Another mcpctl process held a lock for too long.' },
  USAGE: { exit: 2, meaning: 'The arguments do not fit the command.' },
} as const satisfies Record<string, { exit: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
