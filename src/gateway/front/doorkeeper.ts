import { markUsed, ownerOf, readTokens, type StoredToken, stateOfTokens, type TokenPlace } from './tokens.ts';

/** Knows whose token is shown, also of tokens that are made or revoked while the gateway runs. */
export interface Doorkeeper {
  /** At once for a token that was shown before, unless the file has to be looked at. */
  principalOf(authorization: string | undefined): Promise<string | undefined> | string | undefined;
  /** The profile the token of a principal is for. */
  profileOf(principal: string): string | undefined;
  /** Looks whether tokens were revoked. */
  look(): Promise<void>;
}

export interface DoorkeeperOptions {
  readonly place: TokenPlace;
  readonly now: () => Date;
  /** A token is no longer good. */
  revoked(principal: string): void;
  /** Gets what keeps the tokens from being read or marked. */
  warn(error: unknown): void;
}

/** How old what we know of the file may be, in milliseconds. */
const FRESH_MS = 1000;
const MOST_SHOWN = 1000;
const DAY_MS = 86_400_000;

export function createDoorkeeper({ place, now, revoked, warn }: DoorkeeperOptions): Doorkeeper {
  let tokens: readonly StoredToken[] = [];
  let profiles: ReadonlyMap<string, string> = new Map();
  let state: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  const markedOn = new Map<string, number>();
  /** Headers that showed one of `tokens`: their digest need not be made again. */
  const shown = new Map<string, StoredToken>();

  const read = async (): Promise<void> => {
    lookedAt = performance.now();
    const found = await stateOfTokens(place);
    if (found === state) return;
    const before = tokens;
    tokens = await readTokens(place).catch((error: unknown) => {
      // Whoever may have changed the file must not come in by it.
      warn(error);
      return [];
    });
    state = found;
    profiles = new Map(
      tokens.flatMap(({ name, profile }) => (profile === undefined ? [] : [[name, profile]])),
    );
    shown.clear();
    const isGood = ({ sha256 }: StoredToken): boolean => tokens.some((each) => each.sha256 === sha256);
    for (const token of before) if (!isGood(token)) revoked(token.name);
  };
  const look = async (): Promise<void> => {
    looking ??= read().finally(() => {
      looking = undefined;
    });
    await looking;
  };
  const mark = ({ name, lastUsed }: StoredToken): void => {
    const today = Math.floor(now().getTime() / DAY_MS);
    if (markedOn.get(name) === today) return;
    markedOn.set(name, today);
    const day = new Date(today * DAY_MS).toISOString().slice(0, 10);
    if (lastUsed === day) return;
    void markUsed(place, name, day).catch(warn);
  };
  const identify = async (authorization: string): Promise<string | undefined> => {
    const token = /^bearer +([\x21-\x7e]{1,256})$/i.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    if (performance.now() - lookedAt > FRESH_MS) await look();
    let owner = ownerOf(tokens, token);
    if (!owner) {
      // It may have been made a moment ago.
      await look();
      owner = ownerOf(tokens, token);
    }
    if (!owner) return undefined;
    if (shown.size >= MOST_SHOWN) shown.clear();
    shown.set(authorization, owner);
    mark(owner);
    return owner.name;
  };
  return {
    look,
    profileOf: (principal) => profiles.get(principal),
    principalOf(authorization = '') {
      const known = performance.now() - lookedAt > FRESH_MS ? undefined : shown.get(authorization);
      if (!known) return identify(authorization);
      mark(known);
      return known.name;
    },
  };
}
