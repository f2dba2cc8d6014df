import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServerLog } from '../../src/mcp/server-log.ts';
import type { SessionOptions } from '../../src/mcp/session.ts';
import { createStdioTransport } from '../../src/mcp/stdio-transport.ts';
import type { StdioTarget } from '../../src/mcp/transport.ts';

/** Path of a fixture server's program. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/servers/${name}.mjs`, import.meta.url));
}

export function fixtureTarget(name: string, env: Record<string, string> = {}): StdioTarget {
  return { kind: 'stdio', command: process.execPath, args: [fixturePath(name)], env };
}

/** What `openSession` needs to talk to a fixture server. */
export function fixtureSession(name: string): SessionOptions {
  const log = createServerLog({ redact: (text) => text });
  const target = fixtureTarget(name);
  return {
    server: name,
    transport: createStdioTransport({ server: name, target, platform: process.platform, log }),
    client: { name: 'test', version: '0.0.0' },
    cwd: '/tmp',
  };
}

/** Program and arguments of server-everything. */
export const EVERYTHING = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url),
);

/** Program of server-memory. */
export const MEMORY = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/server-memory/dist/index.js', import.meta.url),
);

/** Writes the user's manifest into a home; the values are entries as people write them. */
export async function writeManifest(home: string, mcpServers: Record<string, object>): Promise<void> {
  const folder = join(home, '.config', 'claude');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'claude_desktop_config.json'), JSON.stringify({ mcpServers }, null, 2));
}

export function fixtureEntry(name: string, env: Record<string, string> = {}): object {
  return { command: process.execPath, args: [fixturePath(name)], env };
}
