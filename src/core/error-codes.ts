/**
 * Every error code mcpctl can report, with the process exit status it causes and what it means.
 * Exit: 1 failure, 2 usage, 3 configuration invalid, 4 sign-in needed, 5 unavailable or unhealthy,
 * 6 refused by policy, 70 a bug in mcpctl, 130 cancelled.
 */
export const ERROR_CODES = {
  BIN_AMBIGUOUS: { exit: 2, meaning: 'The package has several programs and none carries its name.' },
  BUNDLE_INVALID: {
    exit: 1,
    meaning: 'An .mcpb file is damaged, unsafe to unpack, or not made for this system.',
  },
  CANCELLED: { exit: 130, meaning: 'You stopped the command; what it had begun was undone.' },
  CLIENT_ENTRY_CONFLICT: {
    exit: 3,
    meaning: "A client's file has an entry of that name that mcpctl did not write.",
  },
  CLIENT_ENTRY_EDITED: { exit: 3, meaning: 'Someone changed an entry that mcpctl had written.' },
  CLIENT_ENTRY_LEFTOVER: { exit: 3, meaning: "A client's file starts a server the manifest does not have." },
  CLIENT_ENTRY_MISSING: { exit: 3, meaning: 'An entry that mcpctl had written is gone from a client.' },
  CLIENT_ENTRY_STALE: { exit: 3, meaning: 'An entry starts a Node or an mcpctl that is no longer there.' },
  CLIENT_ENTRY_UNSUPPORTED: {
    exit: 3,
    meaning: 'The client could not load this entry, or would misread it.',
  },
  CLIENT_ENTRY_UNSYNCED: { exit: 3, meaning: 'A server of the manifest is not in a client yet.' },
  CLIENT_FILE_AMBIGUOUS: {
    exit: 3,
    meaning: 'Two files exist, and which one the client reads is not certain.',
  },
  CLIENT_FILE_BROKEN: { exit: 3, meaning: "A client's file is not valid, so mcpctl leaves it alone." },
  CLIENT_FILE_SHAPE: {
    exit: 3,
    meaning: "A client's file has something else where its servers should stand.",
  },
  CLIENT_FILE_UNREADABLE: { exit: 1, meaning: "A client's file could not be read or written." },
  CLIENT_NONE_FOUND: { exit: 5, meaning: 'No AI client was found on this machine.' },
  CLIENT_RUNNING: { exit: 5, meaning: 'The client is running and would overwrite the change from memory.' },
  CLIENT_SECRET_EXPOSED: { exit: 6, meaning: 'The client could not keep the value out of its file.' },
  CLIENT_UNKNOWN: { exit: 2, meaning: 'mcpctl does not know a client of that id.' },
  CONFIRMATION_NEEDED: { exit: 2, meaning: 'The command asks before it acts, and nobody could be asked.' },
  DEPENDENCY_CONFLICT: { exit: 1, meaning: 'The packages cannot be installed together.' },
  DOCUMENT_EDIT_FAILED: {
    exit: 1,
    meaning: 'A change to a file would not have come out as meant; nothing was written.',
  },
  DOCUMENT_INVALID: { exit: 3, meaning: 'A configuration file cannot be read as what it should be.' },
  FILE_CHANGED: {
    exit: 1,
    meaning: 'Another program changed the file after it was read; nothing was written.',
  },
  FILE_UNREADABLE: { exit: 1, meaning: 'A file exists and could not be read.' },
  FILE_UNWRITABLE: { exit: 1, meaning: 'A file could not be written; what it held before is still there.' },
  INSTALL_FAILED: { exit: 1, meaning: 'A server could not be installed; nothing of it was kept.' },
  INTEGRITY_MISMATCH: {
    exit: 6,
    meaning: 'Files are not the ones that were locked; the server was not started.',
  },
  INTERNAL: { exit: 70, meaning: 'A bug in mcpctl.' },
  KEYCHAIN_UNAVAILABLE: {
    exit: 5,
    meaning: 'The system keychain could not be used; nothing was stored anywhere else instead.',
  },
  LOCK_TIMEOUT: { exit: 5, meaning: 'Another mcpctl process held a lock for too long.' },
  NOT_A_SERVER: { exit: 1, meaning: 'What was named has no program that could be started.' },
  PACKAGE_NOT_FOUND: { exit: 1, meaning: 'The registry has no such package or version.' },
  PLATFORM_UNSUPPORTED: {
    exit: 1,
    meaning: 'The server does not run on this operating system or processor.',
  },
  REGISTRY_REFUSED: { exit: 4, meaning: 'The registry wants you to sign in.' },
  REGISTRY_UNREACHABLE: { exit: 5, meaning: 'The registry did not answer.' },
  RUNTIME_UNAVAILABLE: {
    exit: 1,
    meaning: 'The server needs a newer Node than this machine has, and none could be installed beside it.',
  },
  SECRET_BACKEND_FAILED: { exit: 5, meaning: 'A secret backend was asked and did not deliver.' },
  SECRET_BACKEND_UNKNOWN: { exit: 3, meaning: 'A reference names a secret backend mcpctl cannot read.' },
  SECRET_CORRUPT: { exit: 1, meaning: 'A stored secret is incomplete or was not written by mcpctl.' },
  SECRET_FILE_UNSAFE: { exit: 3, meaning: 'A file holding a secret can be read by other users.' },
  SECRET_IN_GIT: { exit: 6, meaning: 'A secret was about to be written to a file that git tracks.' },
  SECRET_MISSING: { exit: 3, meaning: 'A server needs a value that is stored nowhere.' },
  SECRET_ON_COMMAND_LINE: {
    exit: 2,
    meaning: 'A secret was passed as an argument, where other users and the shell history can see it.',
  },
  SECRET_UNSUITABLE: { exit: 2, meaning: 'A name or value cannot be kept in the chosen place.' },
  SERVER_ERROR: { exit: 1, meaning: 'The server answered a request with an error.' },
  SERVER_EXISTS: { exit: 2, meaning: 'A server of that name is set up already.' },
  SERVER_EXITED: { exit: 5, meaning: 'The program of the server ended while it was needed.' },
  SERVER_JUNK: { exit: 5, meaning: 'The server writes text where only protocol messages may stand.' },
  SERVER_NOT_STARTED: { exit: 5, meaning: 'The program of the server could not be started.' },
  SERVER_NO_TOOLS: { exit: 5, meaning: 'The server works but offers no tools.' },
  SERVER_PROTOCOL: {
    exit: 5,
    meaning: 'The server breaks the protocol, or speaks a version mcpctl does not know.',
  },
  SERVER_TIMEOUT: { exit: 5, meaning: 'The server did not answer in time.' },
  SERVER_UNKNOWN: { exit: 2, meaning: 'No server of that name is set up.' },
  SERVER_UNREACHABLE: { exit: 5, meaning: 'The URL of the server could not be reached or answered wrongly.' },
  SIGN_IN_NEEDED: { exit: 4, meaning: 'The server wants a sign-in or refuses the one it has.' },
  SPEC_INVALID: { exit: 2, meaning: 'What was named is no server mcpctl can add.' },
  SYNC_INCOMPLETE: {
    exit: 3,
    meaning: 'Some client files were left as they were; the report says which and why.',
  },
  TOOL_FAILED: { exit: 1, meaning: 'A program mcpctl relies on failed.' },
  TOOL_MISSING: { exit: 1, meaning: 'A program the server needs is not installed.' },
  TOOL_TIMEOUT: { exit: 5, meaning: 'A program mcpctl relies on did not finish in time.' },
  USAGE: { exit: 2, meaning: 'The arguments do not fit the command.' },
  VERIFY_FAILED: { exit: 5, meaning: 'The server was installed but did not answer as an MCP server should.' },
} as const satisfies Record<string, { exit: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
