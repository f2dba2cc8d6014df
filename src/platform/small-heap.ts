import { setFlagsFromString } from 'node:v8';

/**
 * Leaves the young generation as small as it begins. For processes that stay and pass messages on: what they make is
 * small and short-lived, and room that grows to 32 MiB only holds garbage longer. Measured: `run` takes 5 MiB less, a
 * gateway 20, and calls take as long as before.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
