import { stem } from './stem.ts';
import { STOP_WORDS } from './stop-words.ts';

/** Words of a text in lower case and order; CJK text becomes pairs of characters, since it has no spaces. */
export function wordsOf(text: string): string[] {
  const plain = (
    APOSTROPHE.test(text) ? text.replaceAll(POSSESSIVE, '').replaceAll(/['’]/g, '') : text
  ).toLowerCase();
  if (!BEYOND_ASCII.test(plain)) return plain.match(/[a-z\d]+/g) ?? [];
  const words: string[] = [];
  for (const [run] of plain.normalize('NFKC').matchAll(RUN)) {
    if (CJK.test(run)) words.push(...pairsOf(run));
    else words.push(run);
  }
  return words;
}

/** The same of a name a program uses: `listIssues`, `list_issues` and `list-issues` alike. */
export function wordsOfName(name: string): string[] {
  return wordsOf(
    name.replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2'),
  );
}

/** What is compared: stems of the words that mean something, with repetitions. */
export function termsOf(words: readonly string[]): string[] {
  const terms: string[] = [];
  for (const word of words) if (!STOP_WORDS.has(word)) terms.push(stemOf(word));
  return terms;
}

/** `stem`, remembered: the words of a catalog are few. */
export function stemOf(word: string): string {
  let known = stems.get(word);
  if (known === undefined) {
    known = stem(word);
    if (stems.size < MOST_STEMS) stems.set(word, known);
  }
  return known;
}

const MOST_STEMS = 50_000;
const stems = new Map<string, string>();

const APOSTROPHE = /['’]/;
const POSSESSIVE = /(?<=[\p{L}\p{N}])['’]s(?![\p{L}\p{N}])/gu;
const BEYOND_ASCII = /[^\0-\x7f]/;
const CJK_LETTERS = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}';
const CJK = new RegExp(`^[${CJK_LETTERS}]`, 'u');
const RUN = new RegExp(`[${CJK_LETTERS}]+|(?:(?![${CJK_LETTERS}])[\\p{L}\\p{N}])+`, 'gu');

function pairsOf(run: string): string[] {
  const letters = [...run];
  if (letters.length === 1) return letters;
  return letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}
