import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, readdir, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import type { Executed, Machine, MachineFiles } from './machine.ts';
import { reach } from './reach.ts';

type Known = Pick<Machine, 'platform' | 'env' | 'cwd' | 'paths' | 'program' | 'now'> & {
  readonly prompt: { readonly canAsk: boolean };
};

/** This computer. */
export function createLocalMachine(known: Known): Machine {
  const { platform, env, cwd, paths, program, now } = known;
  return {
    platform,
    env,
    cwd,
    paths,
    program,
    now,
    canAsk: known.prompt.canAsk,
    nodeVersion: process.versions.node,
    userId: process.getuid?.(),
    temporaryFolder: tmpdir(),
    cores: availableParallelism(),
    files: localFiles,
    execute: (path, args, { timeoutMs = 5_000 } = {}) => execute(path, args, timeoutMs, known),
    reach,
  };
}

const localFiles: MachineFiles = {
  read: (path) => readFile(path, 'utf8').catch(nothing),
  async stat(path) {
    const facts = await stat(path).catch(nothing);
    if (!facts) return undefined;
    return {
      kind: facts.isDirectory() ? 'folder' : facts.isFile() ? 'file' : 'other',
      mode: facts.mode & 0o7777,
      owner: facts.uid,
      size: facts.size,
    };
  },
  list: async (folder) => (await readdir(folder).catch(nothing)) ?? [],
  resolve: (path) => realpath(path).catch(nothing),
  isWritable: (path) => allows(path, constants.W_OK),
  isExecutable: (path) => allows(path, constants.X_OK),
  async freeBytes(path) {
    const facts = await statfs(path).catch(nothing);
    return facts && facts.bavail * facts.bsize;
  },
  chmod,
  async createFolder(path, mode) {
    await mkdir(path, { recursive: true, mode });
  },
};

const nothing = (): undefined => undefined;

const allows = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

function execute(path: string, args: readonly string[], timeoutMs: number, known: Known): Promise<Executed> {
  const options = {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    cwd: known.paths.home,
    env: known.env,
  } as const;
  return new Promise((resolve) => {
    const finish = (error: Error | null, stdout: string, stderr: string): void => {
      const status =
        error === null ? 0 : 'code' in error && typeof error.code === 'number' ? error.code : undefined;
      resolve({ status, stdout, stderr });
    };
    try {
      execFile(path, args, options, finish).stdin?.end();
    } catch (error) {
      // Windows throws for .cmd files, which need a shell; nobody here has a use for them.
      finish(error instanceof Error ? error : new Error(String(error)), '', '');
    }
  });
}
