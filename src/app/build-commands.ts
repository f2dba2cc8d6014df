import type { CommandLine } from './command-line.ts';

/** Commands for those who make servers. */
export const BUILD_COMMANDS: readonly CommandLine[] = [
  {
    name: 'new-server',
    group: 'build',
    summary: 'Make a new MCP server: with tests, and the files a container and the registry ask for',
    load: () => import('../commands/new-server.ts'),
  },
  {
    name: 'test-server',
    group: 'build',
    summary: 'Test a server: protocol, schemas, declared calls, security, load',
    load: () => import('../commands/test-server.ts'),
  },
];
