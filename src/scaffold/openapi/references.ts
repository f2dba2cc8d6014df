import { isRecord } from '../../core/json.ts';
import type { ApiDocument } from './read-document.ts';

/** Longest chain of references to references. */
const MOST_HOPS = 20;

/** A reference that leads nowhere, elsewhere, or in a circle. */
export class BadReference extends Error {}

/** What a JSON pointer such as `#/components/schemas/Pet` names. Other documents are never read. @throws BadReference */
export function lookUp(document: ApiDocument, reference: string): unknown {
  if (!reference.startsWith('#/')) throw new BadReference(`it refers to another document: ${reference}`);
  let value: unknown = document;
  for (const part of reference.slice(2).split('/')) {
    const key = decode(part, reference).replaceAll('~1', '/').replaceAll('~0', '~');
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    if (!isThere) throw new BadReference(`${reference} is not in the document`);
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** An object, or the one its reference leads to. @throws BadReference */
export function follow(document: ApiDocument, value: unknown): Record<string, unknown> {
  let current = value;
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    if (!isRecord(current)) throw new BadReference('something is not an object where one has to be');
    if (typeof current.$ref !== 'string') return current;
    current = lookUp(document, current.$ref);
  }
  throw new BadReference('its references lead in a circle');
}

function decode(part: string, reference: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadReference(`${reference} is no reference`);
  }
}
