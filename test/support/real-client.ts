import { installedPackage } from './installed-package.ts';

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

/** Absolute executable of a real client. */
export async function realClient(id: keyof typeof CLIENTS): Promise<string> {
  const { spec, executable } = CLIENTS[id];
  return await installedPackage(spec, executable);
}
