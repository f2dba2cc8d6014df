import { isatty } from 'node:tty';
import type { Context } from '../cli/context.ts';
import { createCriticalSection } from '../platform/critical-section.ts';
import { readEnv, readHome } from '../platform/env.ts';
import { createOutput } from '../platform/output.ts';
import { createPaths } from '../platform/paths.ts';
import { createPrompt } from '../platform/prompt.ts';
import { VERSION } from './version.ts';

export interface ContextOptions {
  readonly process: NodeJS.Process;
  readonly argv: readonly string[];
  readonly signal: AbortSignal;
  /** Absolute path of `bin/mcpctl.js`. */
  readonly script: string;
  concealInCrash(redact: (text: string) => string): void;
}

/** Reads the machine once, for one command. */
export function createContext({ process, argv, signal, script, concealInCrash }: ContextOptions): Context {
  const env = readEnv();
  // Opening stdin costs milliseconds at start-up, so it waits until somebody reads it.
  const { platform, arch, stdout, stderr } = process;
  const flags = globalFlags(argv);
  const paths = createPaths({ platform, home: readHome(env, platform), env });
  const output = createOutput({ stdout, stderr, env, ...flags });
  const canAsk = isatty(0) && isatty(2) && !flags.json && !env.CI;
  return {
    env,
    platform,
    arch,
    cwd: process.cwd(),
    paths,
    program: { version: VERSION, node: process.execPath, script },
    output,
    prompt: createPrompt({ stdin: () => process.stdin, stderr, canAsk, signal }),
    get stdin() {
      return process.stdin;
    },
    stdout,
    signal,
    now: () => new Date(),
    critical: createCriticalSection(),
    concealInCrash,
    exitWith: (status) => {
      process.exitCode = status;
    },
  };
}

/** Flags every command knows; words after `--` belong to someone else. */
function globalFlags(argv: readonly string[]): {
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  noColor: boolean;
} {
  const end = argv.indexOf('--');
  const own = new Set(end === -1 ? argv : argv.slice(0, end));
  return {
    json: own.has('--json'),
    quiet: own.has('--quiet') || own.has('-q'),
    verbose: own.has('--verbose'),
    noColor: own.has('--no-color'),
  };
}
