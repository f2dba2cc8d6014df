import { expect } from 'vitest';
import type { Example } from './example-type.ts';

/** Node itself is the program: the tests need no other. */
export async function openExample(): Promise<Example> {
  return {
    env: { PROGRAM: process.execPath },
    call: { name: 'show_help', arguments: {} },
    result: { structuredContent: { status: 0, stdout: expect.stringContaining('--version') } },
    wrong: { command: '--eval=evil' },
    resource: 'program://commands',
    close: async () => {},
  };
}
