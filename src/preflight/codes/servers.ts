import type { CodeFacts } from './code-facts.ts';

/** What can be wrong with a server. */
export const SERVERS_CODES = {
  COMMAND_NOT_EXECUTABLE: {
    severity: 'error',
    meaning: 'The file a server starts with is not executable.',
    remedy: 'Make it executable with chmod.',
  },
  COMMAND_NOT_FOUND: {
    severity: 'error',
    meaning: 'The program a server starts with is not on PATH.',
    remedy: 'Install the program, or write its absolute path in the entry.',
  },
  KEY_EXPIRED: {
    severity: 'error',
    meaning: 'A key is a token whose end date has passed.',
    remedy: 'Get a new key and store it with mcpctl secret set.',
  },
  KEY_FILE_OPEN_TO_OTHERS: {
    severity: 'error',
    meaning: 'A file that holds a key can be read by other users of the machine.',
    remedy: 'Take their rights away with chmod 600.',
  },
  KEY_MISSING: {
    severity: 'error',
    meaning: 'An entry refers to a key that is kept nowhere.',
    remedy: 'Store it: mcpctl secret set NAME.',
  },
  KEY_NOT_GIVEN: {
    severity: 'warning',
    meaning: 'A server needs a variable that its entry does not give it.',
    remedy: 'Add it to "env" of the entry as a reference, and store the value.',
  },
  KEY_UNREADABLE: {
    severity: 'error',
    meaning: 'A key is kept in a place that does not give it out.',
    remedy: 'Unlock the keychain, or sign in to the backend.',
  },
  LOCK_DIFFERS: {
    severity: 'warning',
    meaning: 'An entry starts something else than the lock has.',
    remedy: 'Lock what the entry says, or restore the entry.',
  },
  SERVER_ARGUMENTS_WRONG: {
    severity: 'error',
    meaning: 'The server ends because its arguments are wrong or missing.',
    remedy: 'Correct "args" in the manifest.',
  },
  SERVER_CERTIFICATE: {
    severity: 'error',
    meaning: 'The certificate of a remote server is not trusted here.',
    remedy: 'Set NODE_EXTRA_CA_CERTS to the certificate of your company.',
  },
  SERVER_EXITED: {
    severity: 'error',
    meaning: 'The server ends right after its start.',
    remedy: 'Read what it says: mcpctl tools NAME --verbose.',
  },
  SERVER_FILES_CHANGED: {
    severity: 'error',
    meaning: 'The installed files of a server are not those of the lock.',
    remedy: 'Install it again.',
  },
  SERVER_FILE_MISSING: {
    severity: 'error',
    meaning: 'The server ends because a file or folder does not exist.',
    remedy: 'Correct the path in its arguments.',
  },
  SERVER_FIRST_CALL_FAILED: {
    severity: 'warning',
    meaning: 'The server starts, but a harmless call of one of its tools fails.',
    remedy: 'Make the call by hand: mcpctl call.',
  },
  SERVER_HOST_UNKNOWN: {
    severity: 'error',
    meaning: 'The host name of a remote server does not resolve.',
    remedy: 'Correct the url, or check the network.',
  },
  SERVER_HOST_UNREACHABLE: {
    severity: 'error',
    meaning: 'The host of a remote server takes no connection.',
    remedy: 'Check firewall, VPN and proxy.',
  },
  SERVER_HTTP_BROKEN: {
    severity: 'error',
    meaning: 'A remote server hangs up without an answer.',
    remedy: 'Check that the url begins with https where it should.',
  },
  SERVER_JUNK: {
    severity: 'error',
    meaning: 'The server prints text where only messages may stand, and does not answer.',
    remedy: 'Check that the command is an MCP server and speaks stdio.',
  },
  SERVER_KEY_REFUSED: {
    severity: 'error',
    meaning: 'The service behind a server refuses the key.',
    remedy: 'Get a new key and store it with mcpctl secret set.',
  },
  SERVER_MODULE_MISSING: {
    severity: 'error',
    meaning: 'The server ends because a module is missing.',
    remedy: 'Install it again: mcpctl add NAME --force.',
  },
  SERVER_NEEDS_KEY: {
    severity: 'error',
    meaning: 'The server ends because a variable is not set.',
    remedy: 'Add it to "env" of the entry and store the value.',
  },
  SERVER_NODE_TOO_OLD: {
    severity: 'error',
    meaning: 'The server needs a newer Node than it is started with.',
    remedy: 'Let mcpctl install it: it brings the Node the server needs.',
  },
  SERVER_NOT_INSTALLED: {
    severity: 'error',
    meaning: 'A locked server is not installed on this machine.',
    remedy: 'Install it: mcpctl sync.',
  },
  SERVER_NOT_LISTENING: {
    severity: 'error',
    meaning: 'A local server is configured by URL, and nothing listens there.',
    remedy: 'Start the server.',
  },
  SERVER_NOT_LOCKED: {
    severity: 'info',
    meaning: 'A server runs as its entry says, without a lock.',
    remedy: 'Add it by name, where the catalog has it.',
  },
  SERVER_NOT_MCP: {
    severity: 'error',
    meaning: 'Something answers at the URL, but not as an MCP server.',
    remedy: 'Correct the path of the url, or free the port.',
  },
  SERVER_NOT_STARTED: {
    severity: 'error',
    meaning: 'The program of a server could not be started.',
    remedy: 'Check command, cwd and permissions.',
  },
  SERVER_NO_TOOLS: {
    severity: 'error',
    meaning: 'The server works but offers no tools.',
    remedy: 'Check the permissions of its key and its settings.',
  },
  SERVER_OUT_OF_MEMORY: {
    severity: 'error',
    meaning: 'The server ran out of memory.',
    remedy: 'Give it less to do, or more memory.',
  },
  SERVER_PACKAGE_UNKNOWN: {
    severity: 'error',
    meaning: 'The package of a server, or its version, does not exist.',
    remedy: 'Correct the name: mcpctl info knows the one of today.',
  },
  SERVER_PACKAGE_UNREACHABLE: {
    severity: 'error',
    meaning: 'npx could not download the server.',
    remedy: 'Check the network; mcpctl add installs it once and for all.',
  },
  SERVER_PERMISSION_DENIED: {
    severity: 'error',
    meaning: 'The server ends because it may not use a file.',
    remedy: 'Correct the permissions, or the path.',
  },
  SERVER_PORT_TAKEN: {
    severity: 'error',
    meaning: 'The server ends because another program has its port.',
    remedy: 'End the other program, or choose another port.',
  },
  SERVER_PRINTS_TEXT: {
    severity: 'warning',
    meaning: 'The server works, but prints text between its messages.',
    remedy: 'Let clients start it through mcpctl.',
  },
  SERVER_PROTOCOL: {
    severity: 'error',
    meaning: 'The server breaks the protocol, or speaks an unknown version.',
    remedy: 'Pin another version of the server, or update mcpctl.',
  },
  SERVER_REFUSES: {
    severity: 'error',
    meaning: 'The server answers the first message with an error.',
    remedy: 'Read what it says: mcpctl tools NAME --verbose.',
  },
  SERVER_SERVICE_UNREACHABLE: {
    severity: 'error',
    meaning: 'The server ends because a service it uses cannot be reached.',
    remedy: 'Start the service, or correct its address.',
  },
  SERVER_SILENT: {
    severity: 'error',
    meaning: 'The server runs but does not answer.',
    remedy: 'Give it more time with --timeout; check that it speaks stdio.',
  },
  SERVER_TOOLS_CHANGED: {
    severity: 'warning',
    meaning: 'The tools of a server are not those of the lock.',
    remedy: 'Look at the difference and approve it.',
  },
  SERVER_UNHEALTHY: {
    severity: 'error',
    meaning: 'A remote server answers with a server error.',
    remedy: 'Try again later.',
  },
  SERVER_URL_INVALID: {
    severity: 'error',
    meaning: 'The url of a server is no http(s) address.',
    remedy: 'Correct the entry.',
  },
  SIGN_IN_NEEDED: {
    severity: 'warning',
    meaning: 'A remote server wants a sign-in or a key.',
    remedy: 'Sign in: mcpctl auth login NAME; or see which key it takes: mcpctl info NAME.',
  },
} as const satisfies Record<string, CodeFacts>;
