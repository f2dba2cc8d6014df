import { posix, win32 } from 'node:path';
import type { Env } from '../platform/env.ts';
import type { Paths } from '../platform/paths.ts';

/** What a client's file locations depend on. */
export interface Place {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** `~/.config`, or what `XDG_CONFIG_HOME` says. */
  readonly config: string;
  /** Where desktop programs keep their settings: Library, Roaming AppData, or `config`. */
  readonly appConfig: string;
  readonly env: Env;
  /** Project folder; undefined outside any project. */
  readonly project?: string;
  /** Names of the folders in `%LOCALAPPDATA%\Packages`; empty elsewhere. */
  readonly packages: readonly string[];
  /** Joins with the separator of `platform`. */
  join(...parts: string[]): string;
}

export interface PlaceOptions {
  readonly platform: NodeJS.Platform;
  readonly paths: Paths;
  readonly env: Env;
  readonly project?: string;
  readonly packages?: readonly string[];
}

/** Pure: a Linux test can ask where a Windows client keeps its file. */
export function createPlace({ platform, paths, env, project, packages = [] }: PlaceOptions): Place {
  const { join } = platform === 'win32' ? win32 : posix;
  const { home, config, appConfig } = paths;
  return { platform, home, config, appConfig, env, packages, join, ...(project && { project }) };
}

/** `%LOCALAPPDATA%`. */
export function localAppData({ env, home, join }: Place): string {
  return env.LOCALAPPDATA || join(home, 'AppData', 'Local');
}
