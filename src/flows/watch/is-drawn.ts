import type { Context } from '../../cli/context.ts';

/** Whether `watch` draws a screen, which any other line would tear. */
export function isDrawn({ stdout, output, env }: Pick<Context, 'stdout' | 'output' | 'env'>): boolean {
  return stdout.isTTY === true && !output.json && env.TERM !== 'dumb';
}
