import { McpctlError, messageOf } from '../../core/errors.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { createHistoryFiles, makeHistoryFolder } from '../../watch/history/files.ts';
import { createRecorder, type Recorder } from '../../watch/history/recorder.ts';
import type { Watching, WatchPart } from './parts.ts';

/** How often a watcher looks whether another one, which writes, is gone. */
const LOOK_AGAIN_MS = 10_000;
const DAY_MS = 86_400_000;

/**
 * Writes the states into the history, as long as no other watcher does: of several, one writes. A watch of single
 * servers or by a quicker pace writes too; what it says of those is as true.
 */
export async function openHistoryPart({ watcher, settings, context, signal }: Watching): Promise<WatchPart> {
  const { paths, output, now } = context;
  const files = createHistoryFiles(paths.history);
  let recorder: Recorder | undefined;
  const write = async (): Promise<void> => {
    await makeHistoryFolder(paths.history);
    await files.prune(now().getTime() - settings.watch.historyDays * DAY_MS);
    recorder = createRecorder(files);
    if (watcher.latest) recorder.observed(watcher.latest);
    await aborted(signal);
    recorder = undefined;
  };
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await withFileLock({ folder: paths.locks, name: paths.history, timeoutMs: 1, signal }, write);
      } catch (error) {
        if (!(error instanceof McpctlError) || !['LOCK_TIMEOUT', 'CANCELLED'].includes(error.code))
          throw error;
        await Promise.race([
          aborted(signal),
          new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS).unref()),
        ]);
      }
    }
  };
  const failed = (error: unknown): void => {
    recorder = undefined;
    output.warn(`The history of states is not written: ${messageOf(error)}`);
  };
  const working = work().catch(failed);
  return {
    observed(observation) {
      try {
        recorder?.observed(observation);
      } catch (error) {
        failed(error);
      }
    },
    async close() {
      await working;
    },
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
