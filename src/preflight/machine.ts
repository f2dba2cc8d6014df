import type { Env } from '../platform/env.ts';
import type { Paths } from '../platform/paths.ts';
import type { Reach, ReachOptions } from './reach.ts';

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other';
  /** Permission bits, e.g. `0o644`. */
  readonly mode: number;
  /** User id; 0 on Windows. */
  readonly owner: number;
  /** Bytes. */
  readonly size: number;
}

export interface MachineFiles {
  /** The text, or undefined when there is no such file or it cannot be read. */
  read(path: string): Promise<string | undefined>;
  /** Follows links; undefined when there is nothing. */
  stat(path: string): Promise<FileFacts | undefined>;
  /** Names in the folder; empty when there is none. */
  list(folder: string): Promise<readonly string[]>;
  /** The path without links; undefined when there is nothing. */
  resolve(path: string): Promise<string | undefined>;
  isWritable(path: string): Promise<boolean>;
  isExecutable(path: string): Promise<boolean>;
  /** Bytes this user may still write on the path's file system; undefined when the system does not say. */
  freeBytes(path: string): Promise<number | undefined>;
  chmod(path: string, mode: number): Promise<void>;
  createFolder(path: string, mode: number): Promise<void>;
}

export interface Executed {
  /** Exit status; undefined when it did not start, was killed or took too long. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The computer as the checks see it. Tests give them another one. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Env;
  /** Absolute. */
  readonly cwd: string;
  readonly paths: Paths;
  readonly program: { readonly version: string; readonly node: string; readonly script: string };
  /** Of the Node mcpctl runs on, without `v`. */
  readonly nodeVersion: string;
  /** Undefined on Windows. */
  readonly userId: number | undefined;
  /** True when a person sits at a terminal and can be asked. */
  readonly canAsk: boolean;
  readonly temporaryFolder: string;
  /** Processors this process may use. */
  readonly cores: number;
  readonly files: MachineFiles;
  now(): Date;
  /** Runs a program by its absolute path without a shell; at most `timeoutMs` (5 000 by default). */
  execute(path: string, args: readonly string[], options?: { timeoutMs?: number }): Promise<Executed>;
  /** Tries one request and tells how far it came. */
  reach(url: URL, options: ReachOptions): Promise<Reach>;
}
