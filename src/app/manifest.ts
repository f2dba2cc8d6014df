import type { Command } from 'commander';
import type { Context } from '../cli/context.ts';

export const GROUPS = [
  'set up',
  'sign in, secrets',
  'use',
  'watch',
  'keep current',
  'build',
  'shell',
] as const;

export interface CommandLine {
  /** One or two words, e.g. `add` or `config validate`. */
  readonly name: string;
  /** One word that means the same. */
  readonly alias?: string;
  readonly group: (typeof GROUPS)[number];
  readonly summary: string;
  /** Reads the command's code; nothing of it is loaded before. */
  load(): Promise<{ command(context: Context): Command }>;
}

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
    name: 'info',
    group: 'set up',
    summary: 'Show what a server is, how it connects, what it needs and how to try it',
    load: () => import('../commands/info.ts'),
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
    name: 'watch',
    group: 'watch',
    summary: 'Watch every server, and restart those that hang',
    load: () => import('../commands/watch.ts'),
  },
  {
    name: 'status',
    group: 'watch',
    summary: 'Show how every server is',
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'metrics',
    group: 'watch',
    summary: 'Show what was called, how long it took, what failed and what nobody calls',
    load: () => import('../commands/metrics.ts'),
  },
  {
    name: 'dashboard export',
    group: 'watch',
    summary: 'Write a Grafana dashboard, and what Prometheus and Alertmanager need with it',
    load: () => import('../commands/dashboard/export.ts'),
  },
  {
    name: 'cache stats',
    group: 'watch',
    summary: 'Show how much is kept of results, and how often it served',
    load: () => import('../commands/cache/stats.ts'),
  },
  {
    name: 'cache clear',
    group: 'watch',
    summary: 'Forget results that are kept',
    load: () => import('../commands/cache/clear.ts'),
  },
  {
    name: 'logs',
    group: 'watch',
    summary: 'Show what servers and gateways wrote, and follow it',
    load: () => import('../commands/logs.ts'),
  },
  {
    name: 'restart',
    group: 'watch',
    summary: 'Restart a server in every client and gateway that runs it',
    load: () => import('../commands/restart.ts'),
  },
  {
    name: 'alerts list',
    group: 'watch',
    summary: 'Show alerts that fire, are about to, or were resolved, and who is told',
    load: () => import('../commands/alerts/list.ts'),
  },
  {
    name: 'alerts test',
    group: 'watch',
    summary: 'Send an alert and its end to those the settings name',
    load: () => import('../commands/alerts/test.ts'),
  },
  {
    name: 'alerts mute',
    group: 'watch',
    summary: 'Tell nobody of a server or a rule for a while',
    load: () => import('../commands/alerts/mute.ts'),
  },
  {
    name: 'alerts unmute',
    group: 'watch',
    summary: 'Tell of a server or a rule again',
    load: () => import('../commands/alerts/unmute.ts'),
  },
  {
    name: 'audit query',
    group: 'watch',
    summary: 'Show recorded tool calls',
    load: () => import('../commands/audit/query.ts'),
  },
  {
    name: 'audit verify',
    group: 'watch',
    summary: 'Check that nobody changed the audit log',
    load: () => import('../commands/audit/verify.ts'),
  },
  {
    name: 'audit export',
    group: 'watch',
    summary: 'Hand the audit log to another system',
    load: () => import('../commands/audit/export.ts'),
  },
  {
    name: 'audit forget',
    group: 'watch',
    summary: 'Make what the audit log holds of a person unreadable',
    load: () => import('../commands/audit/forget.ts'),
  },
  {
    name: 'audit prune',
    group: 'watch',
    summary: 'Remove old days of the audit log',
    load: () => import('../commands/audit/prune.ts'),
  },
  {
    name: 'audit hold',
    group: 'watch',
    summary: 'Keep the audit log as it is for a legal hold',
    load: () => import('../commands/audit/hold.ts'),
  },
  {
    name: 'approve',
    group: 'keep current',
    summary: 'Accept tools of a server that changed since it was locked',
    load: () => import('../commands/approve.ts'),
  },
  {
    name: 'new-server',
    group: 'build',
    summary: 'Make a new MCP server: with tests, and the files a container and the registry ask for',
    load: () => import('../commands/new-server.ts'),
  },
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
