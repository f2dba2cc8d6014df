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
    name: 'dev',
    group: 'build',
    summary: 'Run a server while you write it: changes are built, checked and taken into open sessions',
    load: () => import('../commands/dev.ts'),
  },
  {
    name: 'test-server',
    group: 'build',
    summary: 'Test a server: protocol, schemas, declared calls, security, load',
    load: () => import('../commands/test-server.ts'),
  },
  {
    name: 'publish',
    group: 'build',
    summary: 'Publish a server to a registry, with its bundle and where it came from',
    load: () => import('../commands/publish.ts'),
  },
  {
    name: 'registry serve',
    group: 'build',
    summary: 'Serve an MCP registry of your own: its API, its files and a page to look around',
    load: () => import('../commands/registry/serve.ts'),
  },
  {
    name: 'registry build',
    group: 'build',
    summary: 'Write a registry as files that any web server or git host can give out',
    load: () => import('../commands/registry/build.ts'),
  },
  {
    name: 'registry token',
    group: 'build',
    summary: 'Make, list and revoke the tokens publishers show to registry serve',
    load: () => import('../commands/registry/token.ts'),
  },
  {
    name: 'registry connect',
    group: 'build',
    summary: 'Let add and search find servers in a registry of your own',
    load: () => import('../commands/registry/connect.ts'),
  },
  {
    name: 'registry list',
    group: 'build',
    summary: 'List the servers of your registries',
    load: () => import('../commands/registry/list.ts'),
  },
  {
    name: 'registry status',
    group: 'build',
    summary: 'Say that a published server is active, deprecated or deleted',
    load: () => import('../commands/registry/status.ts'),
  },
  {
    name: 'registry owners',
    group: 'build',
    summary: 'Say whose a published server is: who may publish further versions',
    load: () => import('../commands/registry/owners.ts'),
  },
  {
    name: 'registry rate',
    group: 'build',
    summary: 'Give a server of a registry one to five stars',
    load: () => import('../commands/registry/rate.ts'),
  },
  {
    name: 'docs',
    group: 'build',
    summary: 'Write the documentation of a server from what it says of itself',
    load: () => import('../commands/docs.ts'),
  },
  {
    name: 'pack',
    group: 'build',
    summary: 'Make the bundle (.mcpb) of a server, or its container image',
    load: () => import('../commands/pack.ts'),
  },
];
