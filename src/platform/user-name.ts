import { userInfo } from 'node:os';
import type { Env } from './env.ts';

/** Who runs this process, by the system's own word; a user the system has no name for by the environment's. */
export function userName(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER ?? env.USERNAME ?? env.LOGNAME ?? 'unknown';
  }
}
