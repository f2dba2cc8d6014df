import type { Readable, Writable } from 'node:stream';
import type { CriticalSection } from '../platform/critical-section.ts';
import type { Env } from '../platform/env.ts';
import type { Output, OutputStream } from '../platform/output.ts';
import type { Paths } from '../platform/paths.ts';
import type { Prompt } from '../platform/prompt.ts';

/** How this mcpctl was started: what a client must run to start it again. */
export interface Program {
  readonly version: string;
  /** Absolute path of the Node executable. */
  readonly node: string;
  /** Absolute path of `bin/mcpctl.js`. */
  readonly script: string;
}

/** The machine as a command sees it. Made once in `app`, handed to each command. */
export interface Context {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Absolute. */
  readonly cwd: string;
  readonly paths: Paths;
  readonly program: Program;
  readonly output: Output;
  readonly prompt: Prompt;
  readonly stdin: Readable & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stdout: Writable & OutputStream;
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** What the process must not end in the middle of. */
  readonly critical: CriticalSection;
  /** What is printed should the process end by a bug passes through this from now on. */
  concealInCrash(redact: (text: string) => string): void;
  /** Sets the exit status of a command that answered but found something wrong (e.g. `doctor`). */
  exitWith(status: number): void;
}
