import { Writable } from 'node:stream';
import { McpctlError } from '../core/errors.ts';
import type { Output } from '../platform/output.ts';

export interface TaskHandle {
  /** Replaces the line shown for the step, e.g. to append what was found. */
  title(text: string): void;
  /** Shows a passing detail beneath the step. */
  detail(text: string): void;
}

/** One named step of a longer operation. */
export interface Task {
  readonly title: string;
  run(handle: TaskHandle): Promise<void>;
  /** Takes back what `run` did; called in reverse order when a later step fails. */
  undo?(): Promise<void>;
}

export interface TaskListOptions {
  readonly output: Output;
  /** How many steps run at once; 1 by default. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs steps and draws them on stderr: live in a terminal, one line a step elsewhere, nothing with `--json` or
 * `--quiet`. When a step fails, the finished ones are undone in reverse order and the failure is thrown.
 */
export async function runTasks(
  tasks: readonly Task[],
  { output, concurrency = 1, signal }: TaskListOptions,
): Promise<void> {
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
  const done: Task[] = [];
  const sink = new Writable({
    write(chunk, _encoding, callback) {
      output.stderr.write(String(chunk));
      callback();
    },
  }) as unknown as NodeJS.WriteStream;
  Object.assign(sink, { isTTY: output.stderr.isTTY, columns: output.stderr.columns ?? 80, rows: 24 });
  const logger = new ListrLogger({ processOutput: new ProcessOutput(sink, sink) });
  const renderer = output.json || output.quiet ? 'silent' : output.stderr.isTTY ? 'default' : 'simple';
  const list = new Listr(
    tasks.map((task) => ({
      title: task.title,
      task: async (_: unknown, wrapper: { title: string; output: string }) => {
        if (signal?.aborted) throw new McpctlError('CANCELLED', 'Stopped; what had begun was undone.');
        await task.run({
          title: (text) => {
            wrapper.title = text;
          },
          detail: (text) => {
            wrapper.output = text;
          },
        });
        done.push(task);
      },
    })),
    {
      concurrent: concurrency > 1 ? concurrency : false,
      exitOnError: true,
      renderer: renderer as 'default',
      rendererOptions: { logger: logger as never, collapseErrors: false, showErrorMessage: false },
      registerSignalListeners: false,
    } as never,
  );
  try {
    await list.run();
  } catch (error) {
    for (const task of done.reverse()) await task.undo?.();
    throw error;
  }
}
