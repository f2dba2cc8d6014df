import { posix, win32 } from 'node:path';
import type { Env } from './env.ts';

export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Home folder, absolute. */
  readonly home: string;
  readonly env: Env;
}

/** Every place mcpctl keeps something, absolute. Nothing here is created. */
export interface Paths {
  readonly home: string;
  /** Base of XDG-style configuration, `~/.config` unless `XDG_CONFIG_HOME` says otherwise. */
  readonly config: string;
  /** Where the platform's desktop programs keep their settings (Library, Roaming AppData, `~/.config`). */
  readonly appConfig: string;
  /** User-scope manifest. */
  readonly manifest: string;
  /** Folder of the user's mcpctl settings. */
  readonly settings: string;
  readonly data: string;
  /** Installed servers, one folder a server and version. */
  readonly servers: string;
  readonly cache: string;
  readonly state: string;
  readonly audit: string;
  readonly logs: string;
  /** Control sockets of running processes. */
  readonly run: string;
  readonly locks: string;
  readonly backups: string;
  /** States of servers over time, a file a day. */
  readonly history: string;
}

/** Path of the manifest inside a project folder. */
export const PROJECT_MANIFEST = ['.claude', 'claude_desktop_config.json'] as const;

/** Pure: the same arguments give the same paths on every machine, so Linux tests can ask for Windows paths. */
export function createPaths({ platform, home, env }: Machine): Paths {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix;
  // The XDG specification says that a relative value is to be ignored.
  const xdg = (name: string, ...fallback: string[]): string => {
    const value = env[name];
    return value && isAbsolute(value) ? value : join(home, ...fallback);
  };
  const windowsLocal = env.LOCALAPPDATA || join(home, 'AppData', 'Local');
  const config = xdg('XDG_CONFIG_HOME', '.config');
  const [dataBase, stateBase, cacheBase] =
    platform === 'win32'
      ? [
          join(windowsLocal, 'mcpctl', 'data'),
          join(windowsLocal, 'mcpctl', 'state'),
          join(windowsLocal, 'mcpctl', 'cache'),
        ]
      : [
          join(xdg('XDG_DATA_HOME', '.local', 'share'), 'mcpctl'),
          join(xdg('XDG_STATE_HOME', '.local', 'state'), 'mcpctl'),
          join(xdg('XDG_CACHE_HOME', '.cache'), 'mcpctl'),
        ];
  return {
    home,
    config,
    appConfig: appConfigFolder({ platform, home, env, join, config }),
    manifest: join(config, 'claude', 'claude_desktop_config.json'),
    settings: join(config, 'mcpctl'),
    data: dataBase,
    servers: join(dataBase, 'servers'),
    cache: cacheBase,
    state: stateBase,
    audit: join(stateBase, 'audit'),
    logs: join(stateBase, 'logs'),
    run: join(stateBase, 'run'),
    locks: join(stateBase, 'locks'),
    backups: join(stateBase, 'backups'),
    history: join(stateBase, 'history'),
  };
}

function appConfigFolder(machine: Machine & { join: typeof posix.join; config: string }): string {
  const { platform, home, env, join, config } = machine;
  if (platform === 'win32') return env.APPDATA || join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return config;
}
