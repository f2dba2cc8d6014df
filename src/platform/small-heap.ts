import { setFlagsFromString } from 'node:v8';

/**
 * Flags of V8 for processes that stay and pass messages on: what they make is small and short-lived. The young
 * generation stays as small as it begins, where several threads would only wait for one another; room that grows to
 * 32 MiB holds garbage longer. The old one is collected when it has doubled, instead of quadrupled.
 */
const FLAGS = ['--semi-space-growth-factor=1', '--no-parallel-scavenge', '--heap-growing-percent=100'];

/** Called before much was made. Measured: `run` takes 5 MiB less, a gateway 20, and calls take as long as before. */
export function keepHeapSmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
