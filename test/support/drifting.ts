import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printLock } from '../../src/manifest/lock.ts';
import { hashTools, type Tool } from '../../src/mcp/tools.ts';
import { emptyHome, type Home } from './cli.ts';
import { writeSettings } from './gateway.ts';
import { fixturePath, writeManifest } from './servers.ts';

/** A server whose tools stand in a file, locked with those it begins with. */
export interface Drifting extends Home {
  /** Makes it list these from now on. */
  lists(tools: readonly object[]): Promise<void>;
}

export const tool = (name: string, more: object = {}): object => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object', properties: { at: { type: 'string', description: 'Where.' } } },
  ...more,
});

/** The server `subject`, locked unless that is not wanted, with one more setting of the user's policy. */
export async function driftingServer(
  tools: readonly object[],
  { isLocked = true, policy = {} }: { readonly isLocked?: boolean; readonly policy?: object } = {},
): Promise<Drifting> {
  const home = await emptyHome();
  const file = join(home.home, 'tools.json');
  const lists = async (listed: readonly object[]): Promise<void> => {
    // In one step: the server reads it at any time.
    await writeFile(`${file}.new`, JSON.stringify(listed));
    await rename(`${file}.new`, file);
  };
  await lists(tools);
  const entry = { command: process.execPath, args: [fixturePath('drifting')], env: { TOOLS: file } };
  await writeManifest(home.home, { subject: entry });
  const { hash, tools: hashes } = hashTools(tools as Tool[]);
  const locked = {
    source: { type: 'command' as const },
    lockedAt: '2026-01-01T00:00:00.000Z',
    tools: { protocolVersion: '2025-11-25', hash, tools: hashes },
  };
  if (isLocked) {
    const lock = printLock({ lockfileVersion: 1, servers: { subject: locked } });
    await writeFile(join(home.home, '.config', 'claude', 'mcpctl-lock.json'), lock);
  }
  await writeSettings(home, { policy });
  return { ...home, lists };
}
