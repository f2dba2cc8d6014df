import { asksForAction } from './intent.ts';
import { wordsOf } from './text/words.ts';

/** Places where one wish may end and the next begin. */
const BREAKS =
  /\s*(?:;|[.!?]\s+|,\s*(?:and\s+)?then\s+|,\s*and\s+|,\s+|\band then\b|\bthen\b|\bafter that\b|\bafterwards\b|\bfinally\b|\band\b)\s*/iu;
const MOST_STEPS = 8;

/**
 * The wishes of a request, each with a verb of its own at its beginning; one element when there is only one.
 * `isNamed` says whether a text names a server: then a condition is a wish as well.
 */
export function clausesOf(request: string, isNamed: (text: string) => boolean): string[] {
  const clauses: string[] = [];
  for (const part of request.trim().split(BREAKS)) {
    if (part === '') continue;
    const last = clauses.length - 1;
    // "logs and metrics" is one wish; what follows belongs to the clause before.
    if (last >= 0 && (clauses.length === MOST_STEPS || !startsWish(part, isNamed)))
      clauses[last] = `${clauses[last]} ${part}`;
    else clauses.push(part);
  }
  return clauses;
}

function startsWish(part: string, isNamed: (text: string) => boolean): boolean {
  const words = wordsOf(part);
  const first = words.find((word) => !LEAD_IN.has(word));
  if (words.length < 2 || first === undefined) return false;
  return asksForAction(first) || (CONDITIONS.has(first) && isNamed(part));
}

const CONDITIONS = new Set('if when once unless otherwise else'.split(' '));

const LEAD_IN = new Set('please also next first can could you to i we want need'.split(' '));

/** From one place to another: two servers do one wish. */
export function isTransfer(clause: string): boolean {
  const [first = ''] = wordsOf(clause).filter((word) => !LEAD_IN.has(word));
  return TRANSFERS.has(first);
}

const TRANSFERS = new Set(
  'copy move sync transfer export import mirror migrate send push upload save load pull back replicate'.split(
    ' ',
  ),
);
