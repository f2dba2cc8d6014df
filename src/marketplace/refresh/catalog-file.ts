import { join } from 'node:path';
import { bonusOfStep, ratingStep } from './rating.ts';
import type { RefreshedRow } from './row.ts';

/**
 * The file refreshed servers are searched in, laid out so that a search reads a few pieces of it instead of parsing
 * all: a line of JSON (the head), then sections of numbers, as this machine writes them, and of text.
 */
export interface CatalogHead {
  readonly version: typeof FORMAT;
  /** Tells this content from every other. */
  readonly id: string;
  readonly rows: number;
  /** So many of the rows, the first ones, are found by searches; the others are kept for the next refresh. */
  readonly shown: number;
  readonly sources: readonly { readonly name: string; readonly isOwn: boolean }[];
  /** Rows of servers the catalog has, by their slugs. */
  readonly merged: Readonly<Record<string, number>>;
  /** Where each section begins, counted from the end of the head, and its length, in bytes. */
  readonly sections: Readonly<Record<SectionName, readonly [at: number, length: number]>>;
}

export const FORMAT = 1;

/** Where the servers of registries are searched in. */
export function catalogFileIn(cache: string): string {
  return join(cache, 'catalog', 'registries.idx');
}

export const SECTION_NAMES = [
  'facets',
  'rowAt',
  'rows',
  'termAt',
  'terms',
  'postingAt',
  'documents',
  'strengths',
  'nameAt',
  'names',
  'nameRows',
] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** Of a strength of 1. */
export const STRENGTH_STEPS = 255;

/** A row as it stands in the file. */
export interface StoredRow {
  readonly row: RefreshedRow;
  /** Slug of the catalog's server that is known by its title. */
  readonly claims?: string;
  /** Slug of the catalog's server that is the same program. */
  readonly sameAs?: string;
}

const WAY_BITS = { remote: 8, npm: 16, pypi: 32, oci: 64, mcpb: 128 } as const;
const AUTH_BITS = { none: 1, 'api-key': 2 } as const;
const DEPRECATED = 256;
const CLAIMS = 512;
const SAME = 1024;
const RATING_SHIFT = 11;
const RATING_MASK = 15;
const SOURCE_SHIFT = 16;

/** What searches filter and rank by, in one number. */
export function facetsOf({ row, claims, sameAs }: StoredRow, source: number): number {
  const ways = row.ways.reduce((bits, [kind]) => bits | WAY_BITS[kind], 0);
  return (
    (source << SOURCE_SHIFT) |
    (ratingStep(row.rating) << RATING_SHIFT) |
    ways |
    (row.auth ? AUTH_BITS[row.auth] : 0) |
    (row.status === 'deprecated' ? DEPRECATED : 0) |
    (claims === undefined ? 0 : CLAIMS) |
    (sameAs === undefined ? 0 : SAME)
  );
}

/** Reads facets, number by number: a search looks at tens of thousands. */
export const FACETS = {
  /** Place of the registry in the head. */
  source: (bits: number): number => bits >>> SOURCE_SHIFT,
  isDeprecated: (bits: number): boolean => (bits & DEPRECATED) !== 0,
  hasClaims: (bits: number): boolean => (bits & CLAIMS) !== 0,
  isSame: (bits: number): boolean => (bits & SAME) !== 0,
  /** What its rating adds to a score. */
  ratingBonus: (bits: number): number => bonusOfStep((bits >>> RATING_SHIFT) & RATING_MASK),
  /** Whether it has all of these: a kind of sign-in and of way in, where they are given. */
  has: (bits: number, wanted: number): boolean => (bits & wanted) === wanted,
  /** 0 for what no server of a registry has. */
  maskOf: (word: string): number => MASKS.get(word) ?? 0,
};

const MASKS = new Map<string, number>(Object.entries({ ...WAY_BITS, ...AUTH_BITS }));
