import { fileURLToPath } from 'node:url';
import { runProcess } from './app/process.ts';
import { runCommand } from './app/run.ts';

const script = fileURLToPath(new URL('../bin/mcpctl.js', import.meta.url));
await runProcess({ process, argv: process.argv.slice(2), script }, runCommand);
