import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll } from 'vitest';
import type { ServerDocument } from '../../src/marketplace/document.ts';
import { BUNDLE_MANIFEST } from './bundles.ts';
import { type Home, mcpctl, start } from './cli.ts';

export interface TestRegistry extends Home {
  readonly url: string;
  readonly child: ChildProcess;
  /** Makes a token that may publish these. */
  token(name: string, ...namespaces: string[]): Promise<string>;
  /** Asks it to end; settles with its exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Ends it and removes its HOME. */
  clear(): Promise<void>;
}

export interface RegistryOptions {
  readonly settings?: object;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** HOME of one that was there before. */
  readonly home?: string;
}

/** Starts the built `registry serve` on a port the system picks. The caller ends it. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const { settings, args = [], env: extra } = options;
  const home = options.home ?? (await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-registry-'))));
  const env = { HOME: home, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...extra };
  if (settings) {
    await mkdir(join(home, '.config/mcpctl'), { recursive: true });
    await writeFile(join(home, '.config/mcpctl/config.json'), JSON.stringify(settings));
  }
  const child = start(['registry', 'serve', '--port', '0', ...args], { home, env });
  const url = await firstLine(child);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    const [status] = await once(child, 'close');
    return status as number | null;
  };
  return {
    home,
    env,
    url,
    child,
    stop,
    async token(name, ...namespaces) {
      const may = namespaces.length > 0 ? ['--namespace', ...namespaces] : [];
      const { stdout, stderr, status } = await mcpctl(['registry', 'token', '--name', name, ...may], {
        home,
        env,
      });
      if (status !== 0) throw new Error(stderr);
      return stdout.trim();
    },
    async clear() {
      await stop('SIGKILL');
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let stdout = '';
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return await new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      const end = stdout.indexOf('\n');
      if (end !== -1) resolve(stdout.slice(0, end));
    });
    child.on('exit', (status) => reject(new Error(`registry serve ended with ${status}\n${stderr}`)));
  });
}

/** Starts one registry for all tests of a file, with a token of `ci`, which may publish `io.acme/*`. */
export function withRegistry(use: (made: { registry: TestRegistry; token: string }) => void): void {
  let registry: TestRegistry | undefined;
  beforeAll(async () => {
    registry = await startRegistry();
    use({ registry, token: await registry.token('ci', 'io.acme/*') });
  });
  afterAll(() => registry?.clear());
}

/** A document that keeps the rules, but for what is given. */
export function serverDocument(name: string, but: Record<string, unknown> = {}): ServerDocument {
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name,
    description: `What ${name} does.`,
    version: '1.0.0',
    remotes: [{ type: 'streamable-http', url: 'https://example.com/mcp' }],
    ...but,
  } as ServerDocument;
}

/** Sends a request with JSON, and reads JSON. */
export async function send(
  method: string,
  url: string,
  { body, token, headers = {} }: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
  // biome-ignore lint/suspicious/noExplicitAny: each answer has its own shape; tests assert on it.
): Promise<{ status: number; headers: Headers; json: any }> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: text === '' ? undefined : JSON.parse(text),
  };
}

export async function publishAt(url: string, token: string, document: ServerDocument) {
  return await send('POST', `${url}/v0.1/publish`, { body: document, token });
}

const SERVERS = fileURLToPath(new URL('../fixtures/servers/', import.meta.url));

/** Manifest of a bundle of the server with the tools `echo` and `env`. */
export function echoManifest(name = 'echo', version = '1.0.0'): object {
  return {
    ...BUNDLE_MANIFEST,
    name,
    version,
    server: {
      type: 'node',
      entry_point: 'server/echo.mjs',
      mcp_config: { command: 'node', args: ['${__dirname}/server/echo.mjs'] },
    },
  };
}

export interface TestServerFolder {
  readonly folder: string;
  readonly bundle: string;
  readonly sha256: string;
}

/** A folder with a `server.json` and a bundle of a real server with the tools `echo` and `env`. */
export async function serverFolder(
  folder: string,
  name: string,
  { version = '1.0.0', packages }: { version?: string; packages?: object[] } = {},
): Promise<TestServerFolder> {
  await mkdir(folder, { recursive: true });
  const manifest = echoManifest(name.split('/').at(-1), version);
  const archive = zipSync({
    'manifest.json': strToU8(JSON.stringify(manifest)),
    'server/echo.mjs': await readFile(join(SERVERS, 'echo.mjs')),
    'server/lib.mjs': await readFile(join(SERVERS, 'lib.mjs')),
  });
  const bundle = join(folder, 'server.mcpb');
  await writeFile(bundle, archive);
  const { remotes: _, ...document } = serverDocument(name, { version, ...(packages && { packages }) });
  await writeFile(join(folder, 'server.json'), JSON.stringify(document));
  return { folder, bundle, sha256: createHash('sha256').update(archive).digest('hex') };
}
