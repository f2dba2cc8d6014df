import { dirname, join } from 'node:path';
import { installedPackages } from './installed-package.ts';
import { EVERYTHING, MEMORY } from './servers.ts';

const OWN = join(dirname(EVERYTHING), '..', '..');
const PACKAGES = {
  'server-github': '2025.4.8',
  'server-gitlab': '2025.4.25',
  'server-google-maps': '0.6.2',
  'server-postgres': '0.6.2',
  'server-redis': '2025.4.25',
  'server-sequential-thinking': '2026.8.31',
  'server-slack': '2025.4.25',
};

export interface TenServersOptions {
  /** The folder server-filesystem may use. */
  readonly folder: string;
  readonly postgres: string;
  readonly redis: string;
  /** Of the API of GitLab. */
  readonly gitlab: string;
}

/** Manifest entries of ten servers from npm, as their users have them; keys are invented. */
export async function tenServers(options: TenServersOptions): Promise<Record<string, object>> {
  const specs = Object.entries(PACKAGES).map(([name, version]) => `@modelcontextprotocol/${name}@${version}`);
  const first = '@modelcontextprotocol/server-github/dist/index.js';
  const installed = join(dirname(await installedPackages('ten-servers', specs, first)), '..', '..');
  const entry = (name: string, args: readonly string[] = [], env: Record<string, string> = {}): object => ({
    command: process.execPath,
    args: [join(installed, name, 'dist', 'index.js'), ...args],
    env,
  });
  return {
    everything: { command: process.execPath, args: [EVERYTHING, 'stdio'] },
    filesystem: {
      command: process.execPath,
      args: [join(OWN, 'server-filesystem', 'dist', 'index.js'), options.folder],
    },
    memory: {
      command: process.execPath,
      args: [MEMORY],
      env: { MEMORY_FILE_PATH: join(options.folder, 'memory.jsonl') },
    },
    thinking: entry('server-sequential-thinking'),
    github: entry('server-github', [], { GITHUB_PERSONAL_ACCESS_TOKEN: 'invented' }),
    gitlab: entry('server-gitlab', [], {
      GITLAB_PERSONAL_ACCESS_TOKEN: 'invented',
      GITLAB_API_URL: options.gitlab,
    }),
    slack: entry('server-slack', [], { SLACK_BOT_TOKEN: 'invented', SLACK_TEAM_ID: 'T1' }),
    maps: entry('server-google-maps', [], { GOOGLE_MAPS_API_KEY: 'invented' }),
    postgres: entry('server-postgres', [options.postgres]),
    redis: entry('server-redis', [options.redis]),
  };
}
