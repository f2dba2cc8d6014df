import { createHash } from 'node:crypto';

/** Something of a server that clients call by name: a tool or a prompt. */
export interface Origin {
  readonly server: string;
  /** The server's own name of it. */
  readonly name: string;
}

/** Names under which clients see what several servers have, both ways. */
export interface NameTable {
  shownFor(origin: Origin): string | undefined;
  originOf(shown: string): Origin | undefined;
}

/** What the strictest clients accept. */
const LONGEST = 64;
const HASH_DIGITS = 8;

/**
 * Names for all of `origins`, each another. Most are `<server>__<tool>`, and depend on nothing but server and tool; a
 * name that is too long, has other characters than `[A-Za-z0-9_-]`, or could be read as another server's gets a hash
 * of both at its end. An origin that comes twice counts once.
 */
export function nameTable(origins: Iterable<Origin>): NameTable {
  const shown = new Map<string, string>();
  const found = new Map<string, Origin>();
  const rest: Origin[] = [];
  const give = (origin: Origin, name: string): void => {
    shown.set(keyOf(origin), name);
    found.set(name, origin);
  };
  // Plain names first: no hashed one can take their place, whatever it is made of.
  for (const origin of origins) {
    if (isPlain(origin)) give(origin, `${serverPrefix(origin.server)}${origin.name}`);
    else rest.push(origin);
  }
  for (const origin of rest) {
    if (shown.has(keyOf(origin))) continue;
    let name = hashed(origin, 0);
    for (let turn = 1; found.has(name); turn += 1) name = hashed(origin, turn);
    give(origin, name);
  }
  return {
    shownFor: (origin) => shown.get(keyOf(origin)),
    originOf: (name) => found.get(name),
  };
}

/** What every name of a server begins with, unless it had to be shortened. */
export function serverPrefix(server: string): string {
  return `${allowed(server)}__`;
}

/** With no `__` in the server's name and no `_` at its end, no two origins make the same name. */
function isPlain({ server, name }: Origin): boolean {
  return (
    !server.includes('__') &&
    !server.endsWith('_') &&
    allowed(server) === server &&
    name !== '' &&
    allowed(name) === name &&
    server.length + 2 + name.length <= LONGEST
  );
}

function hashed(origin: Origin, turn: number): string {
  const hash = createHash('sha256')
    .update(`${keyOf(origin)}${turn === 0 ? '' : `\0${turn}`}`)
    .digest('hex')
    .slice(0, HASH_DIGITS);
  const head = `${serverPrefix(origin.server)}${allowed(origin.name)}`.slice(0, LONGEST - HASH_DIGITS - 1);
  return `${head}_${hash}`;
}

function allowed(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}

function keyOf({ server, name }: Origin): string {
  return `${server}\0${name}`;
}
