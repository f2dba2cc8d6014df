import type { RoutableServer } from './catalogue.ts';
import { nameWords, type ProductMatch } from './products.ts';
import { wordsOf } from './text/words.ts';

/** A name or noun of a request that leads to a server. */
export interface Link {
  readonly server: number;
  readonly phrase: string;
  readonly kind: 'name' | 'noun';
  readonly strength: number;
}

/** Names and nouns of all servers, ready to be found in requests. */
export interface LinkIndex {
  find(request: string): Link[];
  /** Words of the names and nouns. */
  words(): Iterable<string>;
}

interface Claim {
  readonly server: number;
  readonly kind: Link['kind'];
  /** Of a name: how sure it is that it means the server. */
  readonly certainty: number;
  /** The name is an ordinary word, too. */
  readonly isOrdinary: boolean;
}

export interface LinkSources {
  readonly servers: readonly RoutableServer[];
  /** Of each server. */
  readonly products: readonly (readonly ProductMatch[])[];
  /** Whether a word is used where no name is meant. */
  isOrdinary(word: string): boolean;
  /** Rareness of a word among the servers, 0 to 1. */
  rareness(word: string): number;
}

/** What a request shows by its form, e.g. `{url}`; products list it among their nouns. */
const SIGN = /^\{[a-z]+\}$/;
const SIGNS: readonly (readonly [string, RegExp])[] = [
  ['{url}', /https?:\/\/|\bwww\./i],
  ['{mail}', /[^\s@]{1,64}@[^\s@]+\.\w/],
  ['{clock}', /\b\d{1,2}(:\d\d)?\s?(am|pm|o'clock)\b|\b\d{1,2}:\d\d\b/i],
  ['{path}', /(?:^|\s)(?:~|\.{1,2})?\/[\w.-]+\/[\w./-]+|\b[A-Z]:\\/],
  [
    '{file}',
    /(?<![/@.])\b[\w-]+\.(?:txt|md|pdf|csv|tsv|json|log|ya?ml|toml|ini|docx?|xlsx?|pptx?|png|jpe?g|zip)\b/i,
  ],
  ['{db}', /\b[\w-]+\.(?:db|sqlite3?)\b/i],
];

const LONGEST_PHRASE = 4;
const NOUN = 0.3;
/** A noun of several words is hardly said by chance. */
const LONGER = 1.3;
const PER_WORD = 0.12;

export function createLinkIndex({
  servers,
  products: productsBy,
  isOrdinary,
  rareness,
}: LinkSources): LinkIndex {
  const claims = new Map<string, Claim[]>();
  const claim = (phrase: string, made: Claim): void => {
    const words = SIGN.test(phrase) ? [phrase] : wordsOf(phrase);
    const key = made.kind === 'noun' ? nounKey(words) : nameKey(words);
    if (words.length === 0) return;
    const known = claims.get(key) ?? [];
    const same = known.find(({ server }) => server === made.server);
    if (same && same.certainty >= made.certainty) return;
    claims.set(key, [...known.filter((other) => other !== same), made]);
  };
  for (const [server, facts] of servers.entries()) {
    const products = productsBy[server] ?? [];
    for (const { product, id, certainty } of products) {
      const own = { server, certainty, isOrdinary: false };
      const isCommon = product.common === true;
      claim(id, { ...own, kind: 'name', isOrdinary: isCommon });
      for (const phrase of product.strong) claim(phrase, { ...own, kind: 'name' });
      for (const phrase of product.weak) claim(phrase, { ...own, kind: 'noun' });
    }
    for (const name of [facts.id, facts.title]) {
      const words = nameWords(name);
      if (words.length > LONGEST_PHRASE) continue;
      const isKnown = products.some((match) => match.certainty === 1);
      const certainty = isKnown ? 1 : Math.max(...words.map(rareness));
      const isPlain = words.every((word) => word.length < 2 || isOrdinary(word));
      claim(words.join(' '), { server, kind: 'name', certainty, isOrdinary: isPlain });
    }
  }
  return {
    find: (request) => findLinks(request, claims),
    words: () => [...claims.keys()].flatMap((key) => key.replace('~', '').split(' ')),
  };
}

const NOTHING = { word: '', isProper: false, startsSentence: false, isAddress: false, before: '' };

function nameKey(words: readonly string[]): string {
  return words.join(' ');
}

/** Nouns are known in the plural, too; stems would go too far: accounting is no account. */
function nounKey(words: readonly string[]): string {
  return `~${words.map(singularOf).join(' ')}`;
}

function singularOf(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || word.endsWith('ss')) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return /(ch|sh|x|ss)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}

interface Word {
  readonly word: string;
  /** Written with a capital where a sentence would not ask for one. */
  readonly isProper: boolean;
  readonly startsSentence: boolean;
  /** Part of a web or mail address, where a name says where something is, and not what should be used. */
  readonly isAddress: boolean;
  readonly before: string;
}

function findLinks(request: string, claims: ReadonlyMap<string, readonly Claim[]>): Link[] {
  const read = readWords(request);
  const links: Link[] = SIGNS.filter(([, form]) => form.test(request)).flatMap(([sign]) =>
    linksOf(claims.get(nounKey([sign])) ?? [], [{ ...NOTHING, word: sign }]),
  );
  /** For each word, up to where the longest phrase reaches that starts at or before it. */
  let covered = 0;
  for (let start = 0; start < read.length; start += 1) {
    for (let length = Math.min(LONGEST_PHRASE, read.length - start); length > 0; length -= 1) {
      if (start + length <= covered) break;
      const phrase = read.slice(start, start + length);
      const words = phrase.map(({ word }) => word);
      const named = claims.get(nameKey(words)) ?? [];
      const nouns = claims.get(nounKey(words)) ?? [];
      if (named.length + nouns.length === 0) continue;
      links.push(...linksOf([...named, ...nouns], phrase));
      covered = start + length;
      break;
    }
  }
  return [...new Map(links.map((link) => [`${link.server} ${link.phrase}`, link])).values()];
}

function linksOf(claims: readonly Claim[], phrase: readonly Word[]): Link[] {
  const nouns = claims.filter(({ kind }) => kind === 'noun').length;
  const text = phrase.map(({ word }) => word).join(' ');
  const length = 1 + PER_WORD * (phrase.length - 1);
  return claims.map(({ server, kind, certainty, isOrdinary }) => {
    if (kind === 'noun') {
      const share = NOUN / Math.sqrt(nouns);
      return {
        server,
        phrase: text,
        kind,
        strength: share * certainty * (phrase.length > 1 ? length * LONGER : 1),
      };
    }
    const isGiven = phrase.every(({ isAddress }) => !isAddress);
    const surety = isOrdinary && phrase.length === 1 ? suretyOf(phrase[0]) : isGiven ? 1 : IN_ADDRESS;
    return {
      server,
      phrase: text,
      kind: surety < 0.4 ? 'noun' : 'name',
      strength: certainty * surety * length,
    };
  });
}

/** How sure it is that an ordinary word is used as a name. */
function suretyOf(word: Word | undefined): number {
  if (word?.isProper) return 0.9;
  if (word?.startsSentence) return 0.3;
  return word && NAME_FOLLOWS.has(word.before) ? 0.4 : 0.15;
}

const IN_ADDRESS = 0.3;
const ADDRESS = /:\/\/|^[^@\s]+@[^@\s]+\.\w|^www\./;
const DATES = new Set(
  'monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december'.split(
    ' ',
  ),
);
const NAME_FOLLOWS = new Set('in on via using from through our'.split(' '));

function readWords(request: string): Word[] {
  const words: Word[] = [];
  let before = '';
  for (const match of request.normalize('NFKC').matchAll(/\S+/g)) {
    const [text] = match;
    const startsSentence = before === '' || /[.!?:]["')]*$/.test(before);
    for (const [place, word] of wordsOf(text).entries()) {
      const bare = text.replace(/^[^\p{L}\p{N}]+/u, '');
      const isCapital = /^\p{Lu}/u.test(bare);
      words.push({
        word,
        isProper: isCapital && !startsSentence && !DATES.has(word),
        isAddress: ADDRESS.test(text),
        startsSentence: startsSentence && isCapital && place === 0,
        before: words.length === 0 ? '' : lastWord(before),
      });
    }
    before = text;
  }
  return words;
}

function lastWord(text: string): string {
  const words = wordsOf(text);
  return words.at(-1) ?? '';
}
