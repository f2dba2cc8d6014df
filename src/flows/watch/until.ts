import type { Observation } from '../../watch/observation.ts';
import type { Watcher } from '../../watch/watcher.ts';

/** Hands out every observation from the first round on, until the signal aborts. @throws why the first round failed. */
export async function until(
  watcher: Watcher,
  signal: AbortSignal,
  observed: (observation: Observation) => void,
): Promise<void> {
  const over = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([watcher.firstRound(), over]);
  const unsubscribe = watcher.subscribe(observed);
  try {
    await over;
  } finally {
    unsubscribe();
  }
}
