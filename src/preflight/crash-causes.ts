import type { FindingCode } from './finding-codes.ts';

export interface CrashCause {
  readonly code: FindingCode;
  /** Matched against what the server wrote on stderr, all lines together. */
  readonly pattern: RegExp;
  /** One sentence; gets the match. */
  cause(match: RegExpExecArray): string;
  /** A command, given the server's name and the match. */
  fix?(server: string, match: RegExpExecArray): string;
}

/** `DATABASE_URL`: two words at least, so that `ERROR` or `POST` are not taken for a variable; no error codes. */
const VARIABLE = '((?!ERR_|NODE_|LOG_|MODULE_NOT)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)';

/**
 * What the last words of a server mean, the more particular first. A new sentence of a new server is one more line.
 */
export const CRASH_CAUSES: readonly CrashCause[] = [
  {
    code: 'SERVER_PACKAGE_UNKNOWN',
    pattern:
      /npm (?:error|ERR!) (?:code )?(?:E404|ETARGET)\b|No solution found when resolving|No matching (?:version|distribution) found/,
    cause: () => 'The package, or this version of it, does not exist in the registry.',
    fix: (server) => `mcpctl info ${server}`,
  },
  {
    code: 'SERVER_PACKAGE_UNREACHABLE',
    pattern:
      /npm (?:error|ERR!) (?:code |errno )?(ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ECONNRESET|ENETUNREACH)/,
    cause: ([, code]) => `npx could not reach the registry (${code}).`,
    fix: () => 'mcpctl doctor --only machine',
  },
  {
    code: 'SERVER_NODE_TOO_OLD',
    pattern:
      /EBADENGINE|Unsupported engine|requires? (?:a )?(?:newer )?Node(?:\.js)?(?: version)? ?[v>=^]*\s*\d+|ERR_UNKNOWN_BUILTIN_MODULE|does not provide an export named|No such built-in module: node:/i,
    cause: ([text]) => `The server needs a newer Node: ${text}.`,
    fix: (server) => `mcpctl add ${server}`,
  },
  {
    code: 'SERVER_PORT_TAKEN',
    pattern: /EADDRINUSE(?:[^\n]*?:(\d+))?|address already in use(?:[^\n]*?:(\d+))?/i,
    cause: ([, first, second]) => `Another program already listens on port ${first ?? second ?? 'it wants'}.`,
    fix: (_server, [, first, second]) => `lsof -i :${first ?? second ?? 3000}`,
  },
  {
    code: 'SERVER_MODULE_MISSING',
    pattern:
      /(?:ERR_MODULE_NOT_FOUND\]: )?Cannot find (?:module|package) '([^']+)'|ModuleNotFoundError: No module named '([^']+)'|MODULE_NOT_FOUND/,
    cause: ([, first, second]) =>
      `${first ?? second ?? 'A file of the package'} is missing: the path is wrong, or the installation is incomplete.`,
    fix: (server) => `mcpctl add ${server} --force`,
  },
  {
    code: 'SERVER_KEY_REFUSED',
    pattern:
      /(?:HTTP|status|code|error)\D{0,12}\b401\b|\b401\b\W{0,3}unauth|unauthori[sz]ed|(?:invalid|expired|revoked|bad) (?:api[ -]?key|(?:access |auth |bearer )?token|credentials?)|(?:api[ -]?key|token|credentials?) (?:is |has |was )?(?:been )?(?:invalid|expired|revoked)|authentication failed|password authentication failed/i,
    cause: ([text]) => `The service refuses the key: ${text.trim()}.`,
  },
  {
    code: 'SERVER_NEEDS_KEY',
    // Case matters: with it ignored, `node_modules` would be a variable.
    pattern: new RegExp(
      [
        `(?:[Mm]issing|[Rr]equired?s?|[Ss]et|[Pp]rovide|[Dd]efine|[Nn]eeds?|[Ww]ithout|[Nn]o)\\b[^\\n]{0,60}?\\b${VARIABLE}\\b`,
        `\\b${VARIABLE}\\b[^\\n]{0,60}?\\b(?:missing|required|not set|unset|must be|is not|undefined|not defined|not found|needs? to be|empty)`,
      ].join('|'),
    ),
    cause: ([, first, second]) =>
      `It asks for the variable ${first ?? second}, which its entry does not give it.`,
    fix: (_server, [, first, second]) => `mcpctl secret set ${first ?? second}`,
  },
  {
    code: 'SERVER_FILE_MISSING',
    pattern:
      /ENOENT[^\n]*'([^']+)'|No such file or directory:? '?([^'\n]+)'?|[Cc]annot access directory ([^\s,]+)|not found: ([^\n]+)/,
    cause: ([, ...paths]) => `${paths.find((path) => path !== undefined)} does not exist.`,
  },
  {
    code: 'SERVER_PERMISSION_DENIED',
    pattern: /(?:EACCES|EPERM)[^\n]*'([^']+)'|EACCES|EPERM|Permission denied/,
    cause: ([, path]) => `It may not use ${path ?? 'a file it needs'}.`,
  },
  {
    code: 'SERVER_SERVICE_UNREACHABLE',
    pattern: /(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH)\b[^\n]*/,
    cause: ([text]) => `A service it uses cannot be reached: ${text}.`,
  },
  {
    code: 'SERVER_ARGUMENTS_WRONG',
    pattern:
      /^\s*usage:[^\n]*|unknown option[^\n]*|missing required argument[^\n]*|(?:error: )?unrecognized arguments?[^\n]*/im,
    cause: ([text]) => `Its arguments are wrong. It says: ${text.trim()}`,
  },
  {
    code: 'SERVER_OUT_OF_MEMORY',
    pattern: /JavaScript heap out of memory|MemoryError|ENOMEM/,
    cause: () => 'It ran out of memory.',
  },
];

/** The first cause that fits, or undefined. */
export function recogniseCrash(said: string): { cause: CrashCause; match: RegExpExecArray } | undefined {
  for (const cause of CRASH_CAUSES) {
    const match = cause.pattern.exec(said);
    if (match) return { cause, match };
  }
  return undefined;
}
