// `mcpctl list` as one CommonJS file: starting Node's module loader and reading many small files takes longer than
// what this command does.
import { join } from 'node:path';
import { runProcess } from './app/process.ts';
import { listServers } from './flows/servers/list-servers.ts';

const script = join(__dirname, '..', 'bin', 'mcpctl.js');
void runProcess({ process, argv: process.argv.slice(2), script }, async (_argv, context) => {
  await listServers(context);
});
