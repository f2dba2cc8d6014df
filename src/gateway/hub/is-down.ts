import type { HubServer } from './hub.ts';

/** It does not do all it should, but answers. */
const ANSWERS = new Set(['SERVER_BUSY', 'SERVER_CALL_FAILED', 'SERVER_ERROR', 'SERVER_SLOW']);

/**
 * Whether a server that is meant to work is down: for metrics, alerts and uptime. One that cannot start is `starting`
 * and `degraded` in turn, as whoever runs it tries.
 */
export function isDown({ state, code }: Pick<HubServer, 'state' | 'code'>): boolean {
  if (state === 'degraded') return code !== undefined && !ANSWERS.has(code);
  return state === 'failed' || state === 'starting';
}
