import type { CodeFacts } from './code-facts.ts';

/** What can be wrong with the machine itself. */
export const MACHINE_CODES = {
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
  CLOCK_SKEW: {
    severity: 'warning',
    meaning: 'The clock of this machine is wrong by more than a minute; sign-in tokens are refused then.',
    remedy: 'Turn on time synchronisation.',
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
