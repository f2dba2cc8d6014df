#!/usr/bin/env node
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
const [command = '', word = ''] = process.argv.slice(2);
const words = process.argv.length - 2;
const hasFlags = process.argv.slice(3).some((each) => each.startsWith('-'));
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `mcpctl needs Node 20.19 or newer; this is Node ${process.versions.node} at ${process.execPath}.\n` +
      'Install a newer Node (https://nodejs.org) and run the command again.\n',
  );
  process.exitCode = 1;
} else if (words === 1 && (command === '--version' || command === '-V')) {
  // Scripts ask for the version often.
  require('node:fs').writeSync(1, `${require('../package.json').version}\n`);
} else if (words === 1 && (command === 'list' || command === 'ls')) {
  require('../dist/quick-list.cjs');
} else if (words === 2 && command === 'run' && !hasFlags) {
  require('../dist/quick-run.cjs');
} else if (words > 1 && command === 'search' && word !== '' && !hasFlags) {
  require('../dist/quick-search.cjs');
} else {
  import('../dist/main.js');
}
