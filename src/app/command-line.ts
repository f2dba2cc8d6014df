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
