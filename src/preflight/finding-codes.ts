export type Severity = 'error' | 'warning' | 'info';

interface CodeFacts {
  /** How bad it is unless the check knows better for this machine. */
  readonly severity: Severity;
  readonly meaning: string;
  /** What puts it right, in general. */
  readonly remedy: string;
}

/** Every code `doctor` can report. The reference page is printed from this table. */
export const FINDING_CODES = {
  CA_FILE_INVALID: {
    severity: 'error',
    meaning: 'NODE_EXTRA_CA_CERTS names a file without a certificate in it.',
    remedy: 'Point the variable at a PEM file, or unset it.',
  },
  CA_FILE_MISSING: {
    severity: 'error',
    meaning: 'NODE_EXTRA_CA_CERTS names a file that cannot be read; Node ignores it with a warning.',
    remedy: 'Point the variable at a PEM file, or unset it.',
  },
  CHECK_FAILED: {
    severity: 'warning',
    meaning: 'A check of doctor itself broke; the other checks are not affected.',
    remedy: 'Run doctor again with --verbose and report what it prints.',
  },
  CHECK_TIMED_OUT: {
    severity: 'warning',
    meaning: 'A check got no answer from the machine in time.',
    remedy: 'Run doctor again; a slow network drive or a hanging program is the usual reason.',
  },
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
  CLOCK_SKEW: {
    severity: 'warning',
    meaning: 'The clock of this machine is wrong by more than a minute; sign-in tokens are refused then.',
    remedy: 'Turn on time synchronisation.',
  },
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
  COMMAND_NOT_ON_GUI_PATH: {
    severity: 'warning',
    meaning: 'Your terminal finds the program, an app started from the desktop does not.',
    remedy: 'Let sync write the entry: it uses absolute paths.',
  },
  DISK_FULL: {
    severity: 'error',
    meaning: 'Less than 50 MB are left where mcpctl installs servers or keeps state.',
    remedy: 'Free some space.',
  },
  DISK_LOW: {
    severity: 'warning',
    meaning: 'Less than 500 MB are left where mcpctl installs servers.',
    remedy: 'Free some space before you add servers.',
  },
  DOCKER_MISSING: {
    severity: 'info',
    meaning: 'Neither Docker nor Podman is installed; an error when a configured server runs in a container.',
    remedy: 'Install Docker or Podman, or choose another package of the server.',
  },
  DOCKER_NOT_RUNNING: {
    severity: 'error',
    meaning: 'Docker is installed, but its engine does not answer, and a configured server needs it.',
    remedy: 'Start the engine.',
  },
  FOLDER_IS_A_FILE: {
    severity: 'error',
    meaning: 'A file lies where mcpctl needs a folder.',
    remedy: 'Move the file away.',
  },
  FOLDER_OPEN_TO_OTHERS: {
    severity: 'warning',
    meaning: 'Other users of this machine can look into a private folder, or write what you will run.',
    remedy: 'Take the rights of others away (doctor --fix does).',
  },
  FOLDER_OWNED_BY_ANOTHER: {
    severity: 'error',
    meaning: 'A folder of mcpctl belongs to another user, usually root after a run with sudo.',
    remedy: 'Give it back to yourself with chown.',
  },
  FOLDER_READ_ONLY: {
    severity: 'error',
    meaning: 'mcpctl cannot write where it keeps configuration, servers or state.',
    remedy: 'Make the folder writable, or point the XDG variables elsewhere.',
  },
  GIT_MISSING: {
    severity: 'info',
    meaning: 'git is not installed; an error when a configured server comes from a git repository.',
    remedy: 'Install git.',
  },
  HOME_UNUSABLE: {
    severity: 'error',
    meaning: 'HOME is not an existing folder.',
    remedy: 'Set HOME to your home folder.',
  },
  KEYCHAIN_LOCKED: {
    severity: 'info',
    meaning: 'The system keychain is locked; an error when keys are kept in it.',
    remedy: 'Unlock it, or keep the keys in .env.',
  },
  KEYCHAIN_UNAVAILABLE: {
    severity: 'info',
    meaning: 'There is no system keychain; an error when keys are kept in it.',
    remedy: 'Start one, or keep the keys in the environment or .env.',
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
    severity: 'warning',
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
  NODE_ON_PATH_TOO_OLD: {
    severity: 'warning',
    meaning: 'The first `node` on PATH is older than MCP servers need; npx and hand-written entries use it.',
    remedy: 'Put a newer Node first on PATH, or let mcpctl install the server.',
  },
  NODE_SEVERAL: {
    severity: 'info',
    meaning: 'Several versions of Node are on PATH; apps may pick another one than your terminal.',
    remedy: 'Nothing to do for servers mcpctl started: they use an absolute path.',
  },
  NODE_TOO_OLD: {
    severity: 'error',
    meaning: 'mcpctl runs on a Node older than it supports.',
    remedy: 'Install Node 20.19 or newer.',
  },
  NPM_BROKEN: {
    severity: 'error',
    meaning: 'npm is on PATH but does not run.',
    remedy: 'Install Node and npm again.',
  },
  NPM_MISSING: {
    severity: 'error',
    meaning: 'npm is not on PATH; mcpctl installs servers with it.',
    remedy: 'Install npm (it comes with Node).',
  },
  NPM_TOO_OLD: {
    severity: 'warning',
    meaning: 'npm is older than 9.',
    remedy: 'Update npm.',
  },
  NPX_MISSING: {
    severity: 'warning',
    meaning: 'npx is not on PATH; an error when a hand-written entry starts with it.',
    remedy: 'Install npm again, or let mcpctl install the server.',
  },
  OPEN_FILES_LOW: {
    severity: 'warning',
    meaning: 'A process may open fewer than 256 files; several servers at once need more.',
    remedy: 'Raise the limit of open files.',
  },
  PROXY_INVALID: {
    severity: 'error',
    meaning: 'A proxy variable or npm setting does not hold a proxy address.',
    remedy: 'Write it as http://host:port, or unset it.',
  },
  PROXY_UNREACHABLE: {
    severity: 'error',
    meaning: 'The configured proxy does not answer.',
    remedy: 'Start the proxy, correct its address, or unset the variable.',
  },
  REGISTRY_DNS: {
    severity: 'error',
    meaning: 'The name of the npm registry does not resolve.',
    remedy: 'Check the network and DNS, or the registry setting of npm.',
  },
  REGISTRY_PROXY: {
    severity: 'error',
    meaning: 'The proxy answers but refuses the way to the npm registry.',
    remedy: 'Correct user and password in the proxy address, or ask for the host to be allowed.',
  },
  REGISTRY_REFUSED: {
    severity: 'error',
    meaning: 'The name of the npm registry resolves, but no connection is possible.',
    remedy: 'Check firewall, VPN and proxy settings.',
  },
  REGISTRY_TIMEOUT: {
    severity: 'error',
    meaning: 'The npm registry accepts a connection but does not answer.',
    remedy: 'Try again; check proxy and VPN.',
  },
  REGISTRY_TLS: {
    severity: 'error',
    meaning: 'The certificate of the npm registry is not trusted here.',
    remedy: 'Set NODE_EXTRA_CA_CERTS and the cafile of npm to the certificate of your company.',
  },
  REGISTRY_UNHEALTHY: {
    severity: 'warning',
    meaning: 'The npm registry answers with a server error.',
    remedy: 'Try again later.',
  },
  REGISTRY_URL_INVALID: {
    severity: 'error',
    meaning: 'The registry setting of npm is not an http(s) address.',
    remedy: 'Correct it: npm config set registry <address>.',
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
    severity: 'warning',
    meaning: 'A locked server is not installed on this machine.',
    remedy: 'Install it: mcpctl add NAME.',
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
    severity: 'error',
    meaning: 'A remote server wants a sign-in.',
    remedy: 'Sign in: mcpctl auth login NAME.',
  },
  TEMPORARY_FOLDER_UNUSABLE: {
    severity: 'error',
    meaning: 'The folder for temporary files is missing or read-only.',
    remedy: 'Create it, or point TMPDIR elsewhere.',
  },
  UV_MISSING: {
    severity: 'info',
    meaning: 'uv is not installed; an error when a configured server is a Python package.',
    remedy: 'Install uv.',
  },
} as const satisfies Record<string, CodeFacts>;

export type FindingCode = keyof typeof FINDING_CODES;
