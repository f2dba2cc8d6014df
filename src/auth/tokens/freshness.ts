import type { Tokens } from '../credential.ts';

const LONGEST_WINDOW_MS = 60_000;
const WINDOW_SHARE = 0.1;
/** Servers count whole seconds, so nobody can be a little ahead of a life shorter than this. */
const SHORT_LIFE_MS = 10_000;
const LEAST_APART_MS = 1500;
const MOST_APART_MS = 30_000;

type Times = Pick<Tokens, 'expiresAt' | 'receivedAt'>;

/** How long the server said they live, in milliseconds; undefined when it did not, or said nonsense. */
export function lifetimeOf({ expiresAt, receivedAt }: Times): number | undefined {
  const life = expiresAt === undefined ? 0 : expiresAt - receivedAt;
  return life > 0 ? life : undefined;
}

/**
 * When to renew them: a minute before they expire, or a tenth of a short life, or at the end of a very short one;
 * undefined when that is not known. `jitter`, 0 to 1, moves it ahead by up to half of that, so that processes do not all come at once.
 */
export function renewalTime(tokens: Times, jitter = 0): number | undefined {
  const life = lifetimeOf(tokens);
  if (life === undefined) return undefined;
  const window = life < SHORT_LIFE_MS ? 0 : Math.min(LONGEST_WINDOW_MS, life * WINDOW_SHARE);
  return tokens.receivedAt + life - window * (1 + jitter / 2);
}

export function isDue(tokens: Times, now: number): boolean {
  const time = renewalTime(tokens);
  return time !== undefined && now >= time;
}

export function isLapsed({ expiresAt }: Times, now: number): boolean {
  return expiresAt !== undefined && now >= expiresAt;
}

/** How far apart renewals are that no refusal asked for, whatever the clocks say. */
export function leastApart(tokens: Times): number {
  const life = lifetimeOf(tokens);
  if (life === undefined) return MOST_APART_MS;
  return Math.min(MOST_APART_MS, Math.max(LEAST_APART_MS, life * 0.75));
}
