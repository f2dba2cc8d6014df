import type { Envelope } from '../envelope.ts';
import { splice, withId } from '../splice.ts';
import { memberOf } from './listing.ts';

/**
 * What the server asks its client. Each run of a program counts from its own beginning, so the answer to a question of
 * a run that ended must not reach the next one, which may ask under the same id.
 */
export interface Questions {
  /** A request of the server, as its client is to see it. */
  asked(bytes: Buffer, id: string): Buffer;
  /** The server no longer wants to know, as its client is to see it. */
  withdrawn(bytes: Buffer): Buffer;
  /** The client's answer, as the server is to see it; undefined when who asked has ended. */
  answered(bytes: Buffer, envelope: Envelope): Buffer | undefined;
  /** The run that asked has ended; returns the ids, as the client knows them, of what it waits for no longer. */
  ended(): string[];
}

let lastId = 0;

export function createQuestions(): Questions {
  /** As the client knows them → as the server does. */
  const open = new Map<string, string>();
  const left = new Set<string>();
  return {
    asked(bytes, id) {
      if (!left.has(id)) {
        open.set(id, id);
        return bytes;
      }
      lastId += 1;
      const own = `"mcpctl-q${lastId}"`;
      open.set(own, id);
      return withId(bytes, own);
    },
    withdrawn(bytes) {
      if (left.size === 0) return bytes;
      const id = JSON.stringify(memberOf(bytes, 'params')?.requestId);
      const shown = [...open].find(([, theirs]) => theirs === id)?.[0];
      return shown === undefined || shown === id
        ? bytes
        : splice(bytes, [{ path: ['params', 'requestId'], json: shown }]);
    },
    answered(bytes, { id = '' }) {
      if (left.delete(id)) return undefined;
      const theirs = open.get(id);
      open.delete(id);
      return theirs === undefined || theirs === id ? bytes : withId(bytes, theirs);
    },
    ended() {
      const ids = [...open.keys()];
      for (const id of ids) left.add(id);
      open.clear();
      return ids;
    },
  };
}
