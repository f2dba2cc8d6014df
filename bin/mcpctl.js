#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `mcpctl needs Node 20.19 or newer; this is Node ${process.versions.node} at ${process.execPath}.\n` +
      'Install a newer Node (https://nodejs.org) and run the command again.\n',
  );
  process.exitCode = 1;
} else {
  await import('../dist/main.js');
}
