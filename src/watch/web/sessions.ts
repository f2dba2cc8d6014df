import { createHash, randomBytes } from 'node:crypto';
import type { Viewer } from './wire.ts';

/** Who is let in to the pages: by a code that works once, then by a token that ends with the process. */
export interface Sessions {
  /** Makes the code of a one-time link for the owner; earlier unused ones end. */
  newCode(): string;
  /** A session's token; undefined for a code that is not good. One that was used before also ends what it began. */
  redeem(code: string): string | undefined;
  begin(viewer: Viewer): string;
  find(authorization: string | undefined): Session | undefined;
  /** Ends those of a principal, or one. */
  end(which: { readonly principal: string } | Session): void;
}

export interface Session {
  readonly viewer: Viewer;
  /** Aborted when the session ends. */
  readonly ended: AbortSignal;
}

interface Kept extends Session {
  readonly controller: AbortController;
  usedAt: number;
}

const OWNER: Viewer = { principal: undefined, isOwner: true };
const IDLE_MS = 24 * 3_600_000;
/** The one not used for longest makes room. */
const MOST = 32;

/** `now` in milliseconds. */
export function createSessions(now: () => number): Sessions {
  const sessions = new Map<string, Kept>();
  const usedCodes = new Map<string, string>();
  let code: string | undefined;

  const drop = (key: string): void => {
    sessions.get(key)?.controller.abort();
    sessions.delete(key);
  };
  const begin = (viewer: Viewer): string => {
    const token = secret();
    const controller = new AbortController();
    const [oldest] = [...sessions].sort(([, one], [, other]) => one.usedAt - other.usedAt);
    if (oldest && sessions.size >= MOST) drop(oldest[0]);
    sessions.set(digest(token), { viewer, controller, ended: controller.signal, usedAt: now() });
    return token;
  };
  return {
    begin,
    newCode() {
      const made = randomBytes(16).toString('base64url');
      code = digest(made);
      return made;
    },
    redeem(given) {
      const key = digest(given);
      const misused = usedCodes.get(key);
      // Somebody else has seen the link: neither of the two may stay.
      if (misused !== undefined) drop(misused);
      if (key !== code) return undefined;
      code = undefined;
      const token = begin(OWNER);
      usedCodes.set(key, digest(token));
      return token;
    },
    find(authorization) {
      const token = /^bearer ([\w-]{43})$/i.exec(authorization ?? '')?.[1];
      const key = token === undefined ? '' : digest(token);
      const session = sessions.get(key);
      if (!session) return undefined;
      if (now() - session.usedAt > IDLE_MS) {
        drop(key);
        return undefined;
      }
      session.usedAt = now();
      return session;
    },
    end(which) {
      for (const [key, session] of sessions) {
        const isMeant =
          session === which || ('principal' in which && session.viewer.principal === which.principal);
        if (isMeant) drop(key);
      }
    },
  };
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Looked up by digest, so that how long it takes tells nothing of the token. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
