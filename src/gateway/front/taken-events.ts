import type { IncomingMessage } from 'node:http';

/** Whether a client takes an answer as events. */
export type TakenEvents = 'never' | 'when-needed' | 'rather';

/** What a client names first, it would rather have. */
export function takenEvents({ headers: { accept = '*/*' } }: IncomingMessage): TakenEvents {
  const events = accept.indexOf('text/event-stream');
  const json = accept.indexOf('application/json');
  if (events >= 0 && events < json) return 'rather';
  return events >= 0 || accept.includes('*/*') ? 'when-needed' : 'never';
}
