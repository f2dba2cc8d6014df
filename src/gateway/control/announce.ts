import type { Control } from './open-control.ts';
import type { RunControlOptions } from './run-control.ts';

export interface Announcement {
  /** The server said something. */
  heard(): void;
  close(): Promise<void>;
}

/**
 * Opens the control socket of a `run` when its server has first answered, so that no client waits for it. A session
 * without one, as on a disk that cannot be written, is as good for its client.
 */
export function announceRun(options: RunControlOptions): Announcement {
  let opening: Promise<Control | undefined> | undefined;
  let isOver = false;
  const open = async (): Promise<Control | undefined> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (isOver) return undefined;
    const { openRunControl } = await import('./run-control.ts');
    return await openRunControl(options).catch(() => undefined);
  };
  return {
    heard() {
      opening ??= open();
    },
    async close() {
      isOver = true;
      await (await opening)?.close();
    },
  };
}
