import type { Ranked } from './rank.ts';

/** Least score of a candidate whose server is named or hinted at, and of one that only shares words. */
const LEAST_LINKED = 0.33;
const LEAST_BY_WORDS = 0.4;
/** So many rare words in common are no chance, however long the request is. */
const LEAST_MATCHED = 0.8;

/**
 * Whether what was found is what was asked for. A request about something no tool does shares a word or two with
 * some tool; it does not share most of its rare words, and no name or noun leads to a server.
 */
export function isConfident({ score, link, matched }: Ranked): boolean {
  return score >= (link > 0 ? LEAST_LINKED : LEAST_BY_WORDS) || matched >= LEAST_MATCHED;
}
