// `mcpctl run <server>` as one CommonJS file, like `quick-list.ts`: clients wait for it at every start.
import { join } from 'node:path';
import { runProcess } from './app/process.ts';
import { runForClient } from './flows/calls/run-for-client.ts';
import { keepHeapSmall } from './platform/small-heap.ts';

keepHeapSmall();
const script = join(__dirname, '..', 'bin', 'mcpctl.js');
void runProcess({ process, argv: process.argv.slice(2), script }, async ([, server = ''], context) => {
  await runForClient(server, context);
});
