import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import type { ServerTarget, StdioTarget } from '../../mcp/transport.ts';
import { createPaths } from '../../platform/paths.ts';
import { startGroup } from '../../platform/process-group.ts';

/** Gives `body` an address of the server: its own, or for a program that of a gateway of ours before it. */
export async function withAddress<T>(
  target: ServerTarget,
  context: Context,
  body: (url: string) => Promise<T>,
): Promise<T> {
  // The suite sends Host and Origin headers of localhost.
  if (target.kind === 'remote') return await body(target.url.replace('//127.0.0.1', '//localhost'));
  const home = await mkdtemp(join(tmpdir(), 'mcpctl-front-'));
  const env = await writeHome(home, target, context);
  const { node, script } = context.program;
  const args = [script, 'gateway', '--http', '--port', '0', '--no-token'];
  const gateway = await startGroup({ command: node, args, env, cwd: home, platform: context.platform });
  try {
    gateway.stderr.resume();
    return await body(await addressIn(gateway.stdout, gateway.ended));
  } finally {
    await gateway.stop();
    await rm(home, { recursive: true, force: true });
  }
}

const NAME = 'subject';

/** A home with this one server, whose values are in the environment and nowhere else. Settles that environment. */
async function writeHome(
  home: string,
  target: StdioTarget,
  { platform }: Context,
): Promise<Record<string, string>> {
  const own = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state') };
  const paths = createPaths({ platform, home, env: own });
  const { command, args, cwd } = target;
  const env = Object.fromEntries(Object.keys(target.env).map((name) => [name, `\${${name}}`]));
  const entry = { command, args, env, ...(cwd !== undefined && { cwd }) };
  const settings = { limits: { perMinute: 0 }, audit: { key: 'file' } };
  for (const [path, value] of [
    [paths.manifest, { mcpServers: { [NAME]: entry } }],
    [join(paths.settings, 'config.json'), settings],
  ] as const) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, JSON.stringify(value), { mode: 0o600 });
  }
  return { ...target.env, ...own };
}

async function addressIn(stdout: NodeJS.ReadableStream, ended: Promise<void>): Promise<string> {
  let said = '';
  const found = new Promise<string>((resolve) => {
    stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const url = /http:\/\/\S+\/mcp/.exec(said)?.[0];
      if (url !== undefined) resolve(url);
    });
  });
  const over = ended.then(() => {
    throw new McpctlError('TOOL_FAILED', 'The gateway before the server ended before it listened.');
  });
  const url = await Promise.race([found, over]);
  return `${url.replace('127.0.0.1', 'localhost')}/${NAME}`;
}
