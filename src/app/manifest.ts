import { BUILD_COMMANDS } from './build-commands.ts';
import type { CommandLine } from './command-line.ts';
import { WATCH_COMMANDS } from './watch-commands.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CommandLine[] = [
  {
    name: 'init',
    group: 'set up',
    summary: 'Set this machine up: clients, servers, a first call',
    load: () => import('../commands/init.ts'),
  },
  {
    name: 'list',
    alias: 'ls',
    group: 'set up',
    summary: 'List your servers, or those of the catalog',
    load: () => import('../commands/list.ts'),
  },
  {
    name: 'search',
    group: 'set up',
    summary: 'Search the catalog by name, category, tool or task',
    load: () => import('../commands/search.ts'),
  },
  {
    name: 'info',
    group: 'set up',
    summary: 'Show what a server is, how it connects, what it needs and how to try it',
    load: () => import('../commands/info.ts'),
  },
  {
    name: 'catalog refresh',
    group: 'set up',
    summary: 'Read the registries, so that search and info know their servers',
    load: () => import('../commands/catalog/refresh.ts'),
  },
  {
    name: 'add',
    group: 'set up',
    summary: 'Add servers: find, install, check, and tell the clients',
    load: () => import('../commands/add.ts'),
  },
  {
    name: 'remove',
    alias: 'rm',
    group: 'set up',
    summary: 'Remove servers and everything that belongs to them alone',
    load: () => import('../commands/remove.ts'),
  },
  {
    name: 'clients',
    group: 'set up',
    summary: 'Show the AI clients of this machine and what they have of the manifest',
    load: () => import('../commands/clients.ts'),
  },
  {
    name: 'doctor',
    group: 'set up',
    summary: 'Find out what is wrong with this machine, the clients and the servers',
    load: () => import('../commands/doctor.ts'),
  },
  {
    name: 'import',
    group: 'set up',
    summary: 'Take the servers that clients already have into the manifest',
    load: () => import('../commands/import.ts'),
  },
  {
    name: 'sync',
    group: 'set up',
    summary: "Bring the clients' own files in line with the manifest",
    load: () => import('../commands/sync.ts'),
  },
  {
    name: 'config path',
    group: 'set up',
    summary: 'Show where mcpctl keeps things',
    load: () => import('../commands/config/path.ts'),
  },
  {
    name: 'config validate',
    group: 'set up',
    summary: 'Check manifests, lock files and settings',
    load: () => import('../commands/config/validate.ts'),
  },
  {
    name: 'config show',
    group: 'set up',
    summary: 'Show what is in force here, and where each part comes from',
    load: () => import('../commands/config/show.ts'),
  },
  {
    name: 'config set',
    group: 'set up',
    summary: 'Change one setting',
    load: () => import('../commands/config/set.ts'),
  },
  {
    name: 'config backups',
    group: 'set up',
    summary: 'List the backups of files mcpctl changed',
    load: () => import('../commands/config/backups.ts'),
  },
  {
    name: 'config restore',
    group: 'set up',
    summary: 'Put a file back as it was, byte for byte',
    load: () => import('../commands/config/restore.ts'),
  },
  {
    name: 'auth login',
    group: 'sign in, secrets',
    summary: 'Sign in to a server with the browser, once',
    load: () => import('../commands/auth/login.ts'),
  },
  {
    name: 'auth logout',
    group: 'sign in, secrets',
    summary: 'Sign out: end the tokens at the server and forget them here',
    load: () => import('../commands/auth/logout.ts'),
  },
  {
    name: 'auth status',
    group: 'sign in, secrets',
    summary: 'Show who is signed in where, for what and until when',
    load: () => import('../commands/auth/status.ts'),
  },
  {
    name: 'auth refresh',
    group: 'sign in, secrets',
    summary: 'Renew sign-ins now',
    load: () => import('../commands/auth/refresh.ts'),
  },
  {
    name: 'auth client-metadata',
    group: 'sign in, secrets',
    summary: 'Write the document that stands for your mcpctl at servers that take addresses as client ids',
    load: () => import('../commands/auth/client-metadata.ts'),
  },
  {
    name: 'secret list',
    group: 'sign in, secrets',
    summary: 'Show which secrets are stored where, which servers use them and which are missing',
    load: () => import('../commands/secret/list.ts'),
  },
  {
    name: 'secret rm',
    group: 'sign in, secrets',
    summary: "Remove a secret from the keychain and the project's .env",
    load: () => import('../commands/secret/rm.ts'),
  },
  {
    name: 'secret set',
    group: 'sign in, secrets',
    summary: 'Keep a value that servers need, in the keychain or in .env',
    load: () => import('../commands/secret/set.ts'),
  },
  {
    name: 'run',
    group: 'use',
    summary: 'Run one server on stdin and stdout; this is what clients start',
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'gateway',
    group: 'use',
    summary: 'Offer many servers as one, on stdin and stdout or over HTTP',
    load: () => import('../commands/gateway.ts'),
  },
  {
    name: 'gateway token',
    group: 'use',
    summary: 'Make, list and revoke the tokens clients show to the gateway',
    load: () => import('../commands/gateway/token.ts'),
  },
  {
    name: 'gateway cost',
    group: 'use',
    summary: 'Show what the lists of the gateway cost in every conversation',
    load: () => import('../commands/gateway/cost.ts'),
  },
  {
    name: 'tools',
    group: 'use',
    summary: 'List the tools of a server, or of all',
    load: () => import('../commands/tools.ts'),
  },
  {
    name: 'call',
    group: 'use',
    summary: 'Call a tool of a server and print its result',
    load: () => import('../commands/call.ts'),
  },
  {
    name: 'route',
    group: 'use',
    summary: 'Find the server and tool for a task',
    load: () => import('../commands/route.ts'),
  },
  {
    name: 'chain run',
    group: 'use',
    summary: 'Run a pipeline: calls of tools that hand on what they answer',
    load: () => import('../commands/chain/run.ts'),
  },
  {
    name: 'chain resume',
    group: 'use',
    summary: 'Go on with a run that was cut off or failed; what is done is not done again',
    load: () => import('../commands/chain/resume.ts'),
  },
  {
    name: 'chain validate',
    group: 'use',
    summary: 'Check pipelines, and that the servers here offer what they call',
    load: () => import('../commands/chain/validate.ts'),
  },
  {
    name: 'chain list',
    group: 'use',
    summary: 'Show the runs of pipelines, how they ended, and what is in doubt',
    load: () => import('../commands/chain/list.ts'),
  },
  {
    name: 'chain init',
    group: 'use',
    summary: 'Write an example of a pipeline to begin with',
    load: () => import('../commands/chain/init.ts'),
  },
  {
    name: 'chain prune',
    group: 'use',
    summary: 'Remove journals of runs that nobody will resume',
    load: () => import('../commands/chain/prune.ts'),
  },
  ...WATCH_COMMANDS,
  {
    name: 'approve',
    group: 'keep current',
    summary: 'Accept tools of a server that changed since it was locked',
    load: () => import('../commands/approve.ts'),
  },
  ...BUILD_COMMANDS,
  {
    name: 'completion',
    group: 'shell',
    summary: 'Complete commands, flags and server names in your shell',
    load: async () => {
      const { completionOf } = await import('../commands/completion.ts');
      return { command: (context) => completionOf(COMMANDS, context) };
    },
  },
];
