import { McpctlError } from '../../core/errors.ts';
import type { StopSignal } from '../../core/stop.ts';

/** Leaves a wait when the request is over; the work that is waited for goes on for others. */
export async function abortable<T>(work: Promise<T>, signal: StopSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () =>
      reject(
        signal.reason instanceof McpctlError
          ? signal.reason
          : new McpctlError('CANCELLED', 'Stopped waiting.'),
      );
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
