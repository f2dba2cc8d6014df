import { asksForAction } from './intent.ts';
import { wordsOf } from './text/words.ts';

/** Places where one wish may end and the next begin. */
const BREAKS =
  /\s*(?:;|[.!?]\s+|,\s*(?:and\s+)?then\s+|,\s*and\s+|,\s+|\band then\b|\bthen\b|\bafter that\b|\bafterwards\b|\bfinally\b|\band\b)\s*/iu;
const MOST_STEPS = 8;

/** The wishes of a request, each with a verb of its own at its beginning; one element when there is only one. */
export function clausesOf(request: string): string[] {
  const clauses: string[] = [];
  for (const part of request.trim().split(BREAKS)) {
    if (part === '') continue;
    const last = clauses.length - 1;
    // "logs and metrics" is one wish; what follows belongs to the clause before.
    if (last >= 0 && (clauses.length === MOST_STEPS || !startsWish(part)))
      clauses[last] = `${clauses[last]} ${part}`;
    else clauses.push(part);
  }
  return clauses;
}

function startsWish(part: string): boolean {
  const words = wordsOf(part);
  const first = words.find((word) => !LEAD_IN.has(word));
  return words.length > 1 && first !== undefined && asksForAction(first);
}

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
