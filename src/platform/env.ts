import { homedir } from 'node:os';

export type Env = Readonly<Record<string, string | undefined>>;

/** The only reader of `process.env`. */
export function readEnv(): Env {
  return process.env;
}

/** The home folder: `HOME` (or `USERPROFILE`) when set, else what the account database says. */
export function readHome(env: Env, platform: NodeJS.Platform): string {
  return (platform === 'win32' ? env.USERPROFILE : env.HOME) || homedir();
}
