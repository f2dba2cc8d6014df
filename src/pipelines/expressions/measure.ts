import { isRecord, type Json } from '../../core/json.ts';
import { ExpressionFault } from './fault.ts';
import { DEEPEST, LONGEST_TEXT, MOST_STEPS } from './limits.ts';

/** Work an evaluation may still do. */
export interface Budget {
  left: number;
}

export function newBudget(): Budget {
  return { left: MOST_STEPS };
}

/** @throws ExpressionFault when it is used up. */
export function spend(budget: Budget, steps: number, at: number): void {
  budget.left -= steps;
  if (budget.left < 0) throw new ExpressionFault('limit', 'it takes more work than is allowed', at);
}

/** JSON text of a value. Its size is found out first, so that no larger text is ever made. @throws ExpressionFault */
export function jsonText(value: Json, budget: Budget, at: number): string {
  let room = LONGEST_TEXT;
  const look = (part: Json, depth: number): void => {
    spend(budget, 1, at);
    if (depth > DEEPEST) throw new ExpressionFault('limit', `the value is nested deeper than ${DEEPEST}`, at);
    if (typeof part === 'string') room -= part.length;
    else if (Array.isArray(part)) for (const item of part) look(item, depth + 1);
    else if (isRecord(part)) {
      for (const key of Object.keys(part)) {
        room -= key.length;
        look(part[key] as Json, depth + 1);
      }
    }
    if (room < 0) throw tooLong(at);
  };
  look(value, 0);
  const text = JSON.stringify(value);
  if (text.length > LONGEST_TEXT) throw tooLong(at);
  return text;
}

/** The text of a value inside other text: as it is, JSON for lists and objects, nothing for null. */
export function plainText(value: Json, budget: Budget, at: number): string {
  if (value === null) return '';
  if (typeof value === 'object') return jsonText(value, budget, at);
  return bounded(String(value), at);
}

/** @throws ExpressionFault when the text is longer than a function may make. */
export function bounded(text: string, at: number): string {
  if (text.length > LONGEST_TEXT) throw tooLong(at);
  return text;
}

function tooLong(at: number): ExpressionFault {
  return new ExpressionFault('limit', `it makes more than ${LONGEST_TEXT} characters`, at);
}
