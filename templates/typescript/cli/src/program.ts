import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Config } from './config.ts';
import { ToolError } from './errors.ts';
import type { Log } from './log.ts';

export interface Finished {
  /** Exit status. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  /**
   * Runs the program to its end, without a shell. Any exit status is an answer.
   * @throws ToolError PROGRAM_MISSING, PROGRAM_TIMEOUT, PROGRAM_KILLED, PROGRAM_TALKATIVE
   */
  run(args: readonly string[], signal?: AbortSignal): Promise<Finished>;
}

/** What the program may see of the environment: secrets of this server stay here. */
const SEEN = ['PATH', 'HOME', 'LANG', 'SystemRoot'];

export function createProgram(config: Config, log: Log, env = process.env): Program {
  const seen = Object.fromEntries(
    SEEN.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  return {
    async run(args, signal) {
      const timeout = AbortSignal.timeout(config.PROGRAM_TIMEOUT_MS);
      const tooMuch = new AbortController();
      const child = spawn(config.PROGRAM, [...args], {
        cwd: config.PROGRAM_FOLDER,
        env: seen,
        shell: false,
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
        killSignal: 'SIGKILL',
        signal: AbortSignal.any([timeout, tooMuch.signal, ...(signal ? [signal] : [])]),
      });
      const room = { left: config.PROGRAM_MAX_OUTPUT, onFull: () => tooMuch.abort() };
      const texts = Promise.all([collect(child.stdout, room), collect(child.stderr, room)]);
      const ended = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      try {
        const status = await ended;
        const [stdout, stderr] = await texts;
        log.debug('program', { status });
        if (status !== null) return { status, stdout, stderr };
        throw new ToolError('PROGRAM_KILLED', `${config.PROGRAM} was ended by a signal.`, {
          isPassing: true,
        });
      } catch (error) {
        throw failureOf(error, config, { isLate: timeout.aborted, isTooMuch: tooMuch.signal.aborted });
      }
    },
  };
}

async function collect(stream: Readable, room: { left: number; onFull(): void }): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      room.left -= chunk.length;
      if (room.left < 0) room.onFull();
      else chunks.push(chunk);
    }
  } catch {
    // The program was ended; what ended it is told elsewhere.
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failureOf(
  error: unknown,
  config: Config,
  { isLate, isTooMuch }: { isLate: boolean; isTooMuch: boolean },
) {
  if (isTooMuch)
    return new ToolError(
      'PROGRAM_TALKATIVE',
      `It printed more than ${config.PROGRAM_MAX_OUTPUT} bytes and was ended.`,
      {
        hint: 'Ask for less.',
      },
    );
  if (isLate)
    return new ToolError(
      'PROGRAM_TIMEOUT',
      `It took more than ${config.PROGRAM_TIMEOUT_MS} ms and was ended.`,
    );
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'EACCES')
    return new ToolError('PROGRAM_MISSING', `${config.PROGRAM} cannot be started (${code}).`, {
      hint: 'Install it, or set PROGRAM and PROGRAM_FOLDER.',
      cause: error,
    });
  return error;
}
