import type { Command } from 'commander';

/** The words before and after `--`, which commander drops and which says where a command begins. */
export function commandWords(own: Command): { before: string[]; after: string[] | undefined } {
  const { rawArgs = [] } = (own.parent ?? own) as Command & { rawArgs?: string[] };
  const at = rawArgs.indexOf('--');
  if (at === -1) return { before: own.args, after: undefined };
  const after = rawArgs.slice(at + 1);
  return { before: own.args.slice(0, own.args.length - after.length), after };
}
