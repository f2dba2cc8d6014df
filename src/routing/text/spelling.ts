/** A word of a request, and what it was taken for. */
export interface Correction {
  readonly from: string;
  readonly to: string;
}

export interface Spelling {
  /** The request with its mistyped words replaced. */
  correct(request: string): { readonly request: string; readonly corrections: readonly Correction[] };
}

/** Shorter words are near to too many others. */
const SHORTEST = 5;
/** So long a name is hardly another word with a letter too many, too few or wrong. */
const LONG_NAME = 8;
const WORD = /(?<![\p{L}\p{N}@./_-])\p{Ll}{5,20}(?![\p{L}\p{N}@/_-]|\.\w)/giu;

export interface SpellingSources {
  /** Words of names and nouns, as they are written. */
  readonly names: Iterable<string>;
  /** Stems of all texts: less like what is typed, so they have to be longer. */
  readonly stems: Iterable<string>;
  /** What is no mistake. */
  isKnown(word: string): boolean;
}

/**
 * Takes a word nobody knows for the one it was meant to be: two letters swapped, or in a long name one letter wrong.
 * What could be meant for two words is left alone.
 */
export function createSpelling({ names, stems, isKnown }: SpellingSources): Spelling {
  const knownNames = byBeginning(names, SHORTEST);
  const knownStems = byBeginning(stems, SHORTEST + 1);
  const meant = (word: string): string | undefined => {
    const near = (more: number): string[] => knownNames.get(keyOf(word, word.length + more)) ?? [];
    const named = near(0).filter((other) => isSwapped(word, other));
    if (named.length === 0 && word.length >= LONG_NAME)
      named.push(...[-1, 0, 1].flatMap(near).filter((other) => isOneOff(word, other)));
    const alike = knownStems.get(keyOf(word, word.length)) ?? [];
    const found = named.length > 0 ? named : alike.filter((other) => isSwapped(word, other));
    return found.length === 1 ? found[0] : undefined;
  };
  return {
    correct(request) {
      const corrections: Correction[] = [];
      const corrected = request.replaceAll(WORD, (word) => {
        const from = word.toLowerCase();
        const to = isKnown(from) ? undefined : meant(from);
        if (to === undefined) return word;
        corrections.push({ from, to });
        return to;
      });
      return { request: corrected, corrections };
    },
  };
}

function byBeginning(words: Iterable<string>, shortest: number): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const word of new Set(words)) {
    if (word.length < shortest || !/^[a-z]+$/.test(word)) continue;
    const key = keyOf(word, word.length);
    const list = found.get(key);
    if (list) list.push(word);
    else found.set(key, [word]);
  }
  return found;
}

function keyOf(word: string, length: number): string {
  return `${word[0]}${length}`;
}

/** Two neighbouring letters changed places. */
function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length || one === other) return false;
  const at = firstDifference(one, other);
  return one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2);
}

/** One letter too many, too few or wrong; an ending is none of it. */
function isOneOff(one: string, other: string): boolean {
  if (one.startsWith(other) || other.startsWith(one)) return false;
  const at = firstDifference(one, other);
  const skip = Math.sign(one.length - other.length);
  return one.slice(at + (skip >= 0 ? 1 : 0)) === other.slice(at + (skip <= 0 ? 1 : 0));
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}
