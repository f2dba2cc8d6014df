import { expect, test } from 'vitest';
import { recogniseCrash } from '../../src/preflight/crash-causes.ts';

/** What real servers, runtimes and installers say. */
const SAID: readonly string[][] = [
  [
    'SERVER_NEEDS_KEY',
    'Please set SLACK_BOT_TOKEN and SLACK_TEAM_ID environment variables',
    'SLACK_BOT_TOKEN',
  ],
  [
    'SERVER_NEEDS_KEY',
    'GITLAB_PERSONAL_ACCESS_TOKEN environment variable is not set',
    'GITLAB_PERSONAL_ACCESS_TOKEN',
  ],
  ['SERVER_NEEDS_KEY', 'Error: BRAVE_API_KEY environment variable is required', 'BRAVE_API_KEY'],
  ['SERVER_NEEDS_KEY', "KeyError: 'missing DATABASE_URI'", 'DATABASE_URI'],
  [
    'SERVER_MODULE_MISSING',
    "Error: Cannot find module '/opt/gone/index.js'\n  code: 'MODULE_NOT_FOUND'",
    '/opt/gone/index.js',
  ],
  [
    'SERVER_MODULE_MISSING',
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'zod' imported from /x",
    'zod',
  ],
  ['SERVER_MODULE_MISSING', "ModuleNotFoundError: No module named 'mcp'", 'mcp'],
  ['SERVER_PORT_TAKEN', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3001', '3001'],
  ['SERVER_PORT_TAKEN', 'OSError: [Errno 98] error while attempting to bind: address already in use'],
  ['SERVER_PACKAGE_UNKNOWN', 'npm error code E404\nnpm error 404 Not Found - GET https://registry.test/nope'],
  [
    'SERVER_PACKAGE_UNKNOWN',
    'npm error code ETARGET\nnpm error notarget No matching version found for x@9.9.9.',
  ],
  [
    'SERVER_PACKAGE_UNREACHABLE',
    'npm error code ENOTFOUND\nnpm error network request to https://registry.test failed',
    'ENOTFOUND',
  ],
  ['SERVER_NODE_TOO_OLD', 'Error [ERR_UNKNOWN_BUILTIN_MODULE]: No such built-in module: node:sqlite'],
  ['SERVER_NODE_TOO_OLD', 'This version requires Node.js >= 22.5'],
  ['SERVER_KEY_REFUSED', 'HTTP error 401'],
  ['SERVER_KEY_REFUSED', 'FATAL: password authentication failed for user "me"'],
  ['SERVER_KEY_REFUSED', 'Error: Invalid API key provided'],
  ['SERVER_KEY_REFUSED', 'the token has expired'],
  ['SERVER_SERVICE_UNREACHABLE', 'Error: connect ECONNREFUSED 127.0.0.1:6379'],
  [
    'SERVER_FILE_MISSING',
    "Error: ENOENT: no such file or directory, open '/etc/creds.json'",
    '/etc/creds.json',
  ],
  ['SERVER_PERMISSION_DENIED', "Error: EACCES: permission denied, open '/root/x'", '/root/x'],
  ['SERVER_ARGUMENTS_WRONG', 'Usage: mcp-server-filesystem [allowed-directory]', 'mcp-server-filesystem'],
  ['SERVER_OUT_OF_MEMORY', 'FATAL ERROR: Reached heap limit - JavaScript heap out of memory'],
];

test.each(SAID)('%s: %s', (code = '', said = '', named = '') => {
  const known = recogniseCrash(said);

  expect(known?.cause.code).toBe(code);
  expect(known?.cause.cause(known.match)).toContain(named);
});

test.each([
  'Server running on stdio',
  'TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string. Received undefined',
  'Set LOG_LEVEL=debug for more',
  'took 401 ms to load node_modules',
  'no errors, ready to POST',
  'Listening for requests, press Ctrl-C to stop',
])('takes no cause from ordinary words: %s', (said) => {
  expect(recogniseCrash(said)).toBeUndefined();
});
