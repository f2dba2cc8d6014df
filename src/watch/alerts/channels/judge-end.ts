import type { Delivery } from '../outbox.ts';
import type { Answer } from './channel.ts';

/** By how a program ended: with 0 it took it, else it is asked again. */
export function judgeEnd({ status, text }: Answer): Delivery {
  const end = status === null ? 'It was ended by a signal' : `It ended with ${status}`;
  return { outcome: status === 0 ? 'taken' : 'later', answer: text === '' ? end : `${end}: ${text}` };
}
