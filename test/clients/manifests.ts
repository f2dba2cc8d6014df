import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Home } from '../support/cli.ts';

/** A real MCP server of the npm packages the tests use. */
export const serverScript = (name: string): string =>
  fileURLToPath(new URL(`../../node_modules/@modelcontextprotocol/${name}/dist/index.js`, import.meta.url));

/** Writes the user's manifest. */
export async function writeServers({ home }: Home, servers: object): Promise<void> {
  await mkdir(join(home, '.config', 'claude'), { recursive: true });
  await writeFile(
    join(home, '.config', 'claude', 'claude_desktop_config.json'),
    JSON.stringify({ mcpServers: servers }),
  );
}
