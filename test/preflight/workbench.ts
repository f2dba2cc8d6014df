import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { MCPCTL } from '../support/cli.ts';

export interface FoundProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly subject: string;
  readonly message: string;
  readonly cause: string;
  readonly fix?: { readonly command: string; readonly isSafe: boolean };
}

export interface Diagnosis {
  readonly status: number | null;
  readonly findings: readonly FoundProblem[];
  readonly checks: readonly { readonly id: string; readonly state: string; readonly detail: string }[];
  readonly stderr: string;
  readonly fixed?: readonly { readonly code: string; readonly ok: boolean }[];
}

/** A machine with an empty home, its own PATH and a registry on loopback, made good first and then broken by a case. */
export interface Workbench {
  readonly home: string;
  readonly project: string;
  /** The only folder on PATH; holds node, npm, npx and git. */
  readonly bin: string;
  readonly env: Record<string, string>;
  /** Writes below the home; returns the absolute path. */
  write(path: string, content: string | Buffer, mode?: number): Promise<string>;
  /** Makes a folder below the home. */
  folder(path: string, mode?: number): Promise<string>;
  /** Puts a shell script on PATH in place of what was there. */
  program(name: string, script: string): Promise<string>;
  /** Takes a program off PATH. */
  without(name: string): Promise<void>;
  /** Starts an HTTP server on loopback; returns its origin. */
  serve(listener: RequestListener): Promise<string>;
  onCleanUp(action: () => unknown): void;
  /** Runs another command to its end; its stderr when it fails. */
  mcpctl(args: readonly string[]): Promise<void>;
  doctor(args: readonly string[], options?: { shell?: string; user?: number }): Promise<Diagnosis>;
  dispose(): Promise<void>;
}

const PROGRAMS = ['node', 'npm', 'npx', 'git'];

/** Gives `use` a good machine and takes it away afterwards. */
export async function withBench<T>(use: (bench: Workbench) => Promise<T>): Promise<T> {
  const bench = await createWorkbench();
  try {
    return await use(bench);
  } finally {
    await bench.dispose();
  }
}

async function createWorkbench(): Promise<Workbench> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-doctor-')));
  const bin = join(home, '..', `${home.split('/').at(-1)}-bin`);
  const project = join(home, 'project');
  await mkdir(bin);
  await mkdir(project);
  for (const name of PROGRAMS) await symlink(await whereIs(name), join(bin, name));
  const cleanUps: (() => unknown)[] = [];
  const serve = (listener: RequestListener) => serveOn(createServer(listener), cleanUps);
  const registry = await serve((_request, response) => response.end('{}'));
  const env: Record<string, string> = {
    HOME: home,
    PATH: bin,
    LANG: 'C.UTF-8',
    npm_config_registry: `${registry}/`,
  };
  return {
    home,
    project,
    bin,
    env,
    async write(path, content, mode = 0o600) {
      const absolute = join(home, path);
      await mkdir(dirname(absolute), { recursive: true });
      await writeFile(absolute, content, { mode });
      await chmod(absolute, mode);
      return absolute;
    },
    async folder(path, mode = 0o700) {
      const absolute = join(home, path);
      await mkdir(absolute, { recursive: true });
      await chmod(absolute, mode);
      return absolute;
    },
    async program(name, script) {
      await rm(join(bin, name), { force: true });
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return join(bin, name);
    },
    without: (name) => rm(join(bin, name)),
    serve,
    onCleanUp: (action) => void cleanUps.push(action),
    mcpctl: (args) => runCommand(args, { env, cwd: project }),
    doctor: (args, options) => diagnose(args, { env, project, ...options }),
    async dispose() {
      for (const action of cleanUps.reverse()) await action();
      // A case may have made folders read-only.
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
      await rm(bin, { recursive: true, force: true });
    },
  };
}

async function serveOn(server: Server, cleanUps: (() => unknown)[]): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function whereIs(name: string): Promise<string> {
  if (name === 'node') return process.execPath;
  for (const folder of [dirname(process.execPath), ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = await realpath(join(folder, name)).catch(() => undefined);
    if (path !== undefined) return path;
  }
  throw new Error(`the tests need ${name} on PATH`);
}

async function runCommand(args: readonly string[], options: { env: Record<string, string>; cwd: string }) {
  const child = spawn(process.execPath, [MCPCTL, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
    });
  }
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`mcpctl ${args.join(' ')} ended with ${status}: ${said}`);
}

interface DiagnoseOptions {
  readonly env: Record<string, string>;
  readonly project: string;
  /** Shell words before the command, e.g. `ulimit -n 128;`. */
  readonly shell?: string;
  /** User id to run as. */
  readonly user?: number;
}

async function diagnose(args: readonly string[], options: DiagnoseOptions): Promise<Diagnosis> {
  const { env, project, shell = '', user } = options;
  const words = [process.execPath, MCPCTL, 'doctor', '--json', ...args];
  const child = spawn('/bin/sh', ['-c', `${shell} exec "$@"`, 'sh', ...words], {
    env,
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user !== undefined && { uid: user, gid: user }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    const { data, error } = JSON.parse(stdout);
    if (error) throw new Error(JSON.stringify(error));
    return { status, stderr, ...data };
  } catch (error) {
    throw new Error(`no report (status ${status}): ${stdout}\n${stderr}`, { cause: error });
  }
}
