// `mcpctl run <server>` as one CommonJS file, like `quick-list.ts`: clients wait for it at every start.
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runProcess } from './app/process.ts';
import { runForClient } from './flows/calls/run-for-client.ts';

// There is one such process a server and client, and what it makes is small and short-lived: without room to grow the
// young generation takes 5 MiB less.
setFlagsFromString('--semi-space-growth-factor=1');
// Collecting so little takes one thread a quarter of the time that several take to agree.
setFlagsFromString('--no-parallel-scavenge');

const script = join(__dirname, '..', 'bin', 'mcpctl.js');
void runProcess({ process, argv: process.argv.slice(2), script }, async ([, server = ''], context) => {
  await runForClient(server, context);
});
