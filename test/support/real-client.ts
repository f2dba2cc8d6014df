import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface RealClient {
  /** npm package and exact version; the newest of the day would make yesterday's result worthless. */
  readonly spec: string;
  /** The platform package's own executable below `node_modules`: install scripts are not run. */
  readonly executable: string;
}

const SYSTEM = `${process.platform}-${process.arch}`;

const CPU = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

const TRIPLE = `${CPU}-${process.platform === 'darwin' ? 'apple-darwin' : 'unknown-linux-musl'}`;

const CLIENTS = {
  'claude-code': {
    spec: '@anthropic-ai/claude-code@2.1.197',
    executable: `@anthropic-ai/claude-code-${SYSTEM}/claude`,
  },
  codex: {
    spec: '@openai/codex@0.169.0',
    executable: `@openai/codex-${SYSTEM}/vendor/${TRIPLE}/bin/codex`,
  },
  'gemini-cli': {
    spec: '@google/gemini-cli@0.61.0',
    executable: '@google/gemini-cli/bundle/gemini.js',
  },
} as const satisfies Record<string, RealClient>;

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/mcpctl-clients', import.meta.url));

/** Absolute executable of a real client, installed from npm once and kept under `node_modules/.cache`. */
export async function realClient(id: keyof typeof CLIENTS): Promise<string> {
  const { spec, executable } = CLIENTS[id];
  const folder = join(CACHE, spec.replaceAll('/', '+'));
  const path = join(folder, 'node_modules', executable);
  if (await isThere(path)) return path;
  await mkdir(CACHE, { recursive: true });
  // Installed aside and moved: another worker may be doing the same.
  const aside = await mkdtemp(join(CACHE, 'install-'));
  await install(spec, aside);
  await rename(aside, folder).catch(async (error: unknown) => {
    await rm(aside, { recursive: true, force: true });
    if (!(await isThere(path))) throw error;
  });
  return path;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function install(spec: string, folder: string): Promise<void> {
  const args = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    spec,
  ];
  const child = spawn('npm', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`npm could not install ${spec}\n${stderr}`);
}
