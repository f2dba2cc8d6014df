import type { AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Workbench } from '../workbench.ts';

export const args = ['--only', 'servers', '--offline'];
const MANIFEST = '.config/claude/claude_desktop_config.json';
export const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));

export const configure = (bench: Workbench, entry: object) =>
  bench.write(MANIFEST, JSON.stringify({ mcpServers: { broken: entry } }));

/** A server whose whole program is the given script. */
export async function configureScript(bench: Workbench, script: string, env: Record<string, string> = {}) {
  const lib = JSON.stringify(fixture('servers/lib.mjs'));
  const path = await bench.write(
    'server.mjs',
    `import { serve, text, tool } from ${lib};\nimport { readFileSync } from 'node:fs';\n${script}\n`,
  );
  await configure(bench, { command: 'node', args: [path], env });
}

export const working = "serve({ tools: [tool('echo')], call: () => text('ok') });";

export async function listen(bench: Workbench, server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bench.onCleanUp(() => server.close());
  return (server.address() as AddressInfo).port;
}
