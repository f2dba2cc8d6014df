import { Chalk, type ChalkInstance } from 'chalk';
import type { Env } from './env.ts';

export type Style = ChalkInstance;

export interface StyleOptions {
  readonly env: Env;
  readonly isTerminal: boolean;
  /** Set by `--no-color`. */
  readonly noColor?: boolean;
}

/** Colours for one stream. `NO_COLOR` and `--no-color` win, then `FORCE_COLOR`, then whether it is a terminal. */
export function createStyle({ env, isTerminal, noColor = false }: StyleOptions): Style {
  if (noColor || env.NO_COLOR) return new Chalk({ level: 0 });
  if (env.FORCE_COLOR !== undefined) return new Chalk({ level: env.FORCE_COLOR === '0' ? 0 : 1 });
  return new Chalk({ level: isTerminal && env.TERM !== 'dumb' ? 1 : 0 });
}
