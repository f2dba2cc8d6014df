import type { TextIndex } from '../../routing/scoring/text-index.ts';
import { createTextIndexBuilder, type Field } from '../../routing/scoring/text-index.ts';
import { termsOf, wordsOf } from '../../routing/text/words.ts';
import {
  type CatalogHead,
  FORMAT,
  facetsOf,
  SECTION_NAMES,
  type SectionName,
  STRENGTH_STEPS,
  type StoredRow,
} from './catalog-file.ts';
import { lastPart } from './judge-names.ts';
import type { RefreshedRow } from './row.ts';

export interface PackedServer extends StoredRow {
  /** Place of its registry in `sources`. */
  readonly source: number;
  /** Whether searches find it. */
  readonly isShown: boolean;
  /** The catalog's server it is. */
  readonly slug?: string;
}

/** The bytes of a catalog file. */
export function packCatalog(
  servers: readonly PackedServer[],
  head: Pick<CatalogHead, 'id' | 'sources'>,
): Uint8Array {
  const order = [...servers].sort(
    (one, other) => Number(other.isShown) - Number(one.isShown) || compare(one.row.name, other.row.name),
  );
  const shown = order.filter(({ isShown }) => isShown);
  const merged = order.flatMap(({ slug }, at) => (slug === undefined ? [] : [[slug, at] as const]));
  const sections = { ...packRows(order), ...packTerms(shown), ...packNames(shown) };
  let at = 0;
  const places = SECTION_NAMES.map((name) => {
    const place = [name, [at, sections[name].byteLength] as const] as const;
    at += padded(sections[name].byteLength);
    return place;
  });
  const full: CatalogHead = {
    version: FORMAT,
    ...head,
    rows: order.length,
    shown: shown.length,
    merged: Object.fromEntries(merged),
    sections: Object.fromEntries(places) as CatalogHead['sections'],
  };
  const first = Buffer.from(`${JSON.stringify(full)}\n`);
  const bytes = Buffer.alloc(first.length + at);
  first.copy(bytes);
  for (const [name, [start]] of places) bytes.set(sections[name], first.length + start);
  return bytes;
}

type Sections<Name extends SectionName> = Record<Name, Uint8Array>;

function packRows(servers: readonly PackedServer[]): Sections<'facets' | 'rowAt' | 'rows'> {
  const texts = servers.map(({ row, claims, sameAs }) => JSON.stringify({ row, claims, sameAs }));
  const { at, bytes } = packTexts(texts);
  const facets = Uint32Array.from(servers, (server) => facetsOf(server, server.source));
  return { facets: bytesOf(facets), rowAt: at, rows: bytes };
}

function packTerms(
  shown: readonly PackedServer[],
): Sections<'termAt' | 'terms' | 'postingAt' | 'documents' | 'strengths'> {
  const builder = createTextIndexBuilder();
  for (const { row } of shown) builder.add(fieldsOf(row));
  const index: TextIndex = builder.finish();
  const terms = [...index.terms()].sort(compareBytes);
  const counts = terms.map((term) => index.postings(term)?.documents.length ?? 0);
  const postingAt = new Uint32Array(terms.length + 1);
  for (const [at, count] of counts.entries()) postingAt[at + 1] = (postingAt[at] ?? 0) + count;
  const total = postingAt.at(-1) ?? 0;
  const documents = new Uint32Array(total);
  const strengths = new Uint8Array(total);
  for (const [at, term] of terms.entries()) {
    const postings = index.postings(term);
    if (!postings) continue;
    const start = postingAt[at] ?? 0;
    documents.set(postings.documents, start);
    for (const [place, strength] of postings.strengths.entries())
      strengths[start + place] = Math.max(1, Math.round(strength * STRENGTH_STEPS));
  }
  const { at, bytes } = packTexts(terms);
  return {
    termAt: at,
    terms: bytes,
    postingAt: bytesOf(postingAt),
    documents: bytesOf(documents),
    strengths,
  };
}

/** Weighted as those of the catalog are; a namespace says whose it is, seldom what it does. */
function fieldsOf({ name, title = '', description, ways }: RefreshedRow): Field[] {
  const [namespace = ''] = name.split('/', 1);
  const identifiers = ways.map(([, identifier]) => identifier);
  return [
    { terms: termsOf([lastPart(name), title].flatMap(wordsOf)), weight: 4, dilution: 0.2 },
    { terms: termsOf(wordsOf(description)), weight: 1.5, dilution: 0.5 },
    { terms: termsOf([namespace, ...identifiers].flatMap(wordsOf)), weight: 0.5, dilution: 0.75 },
  ];
}

/** What a server is asked for by: its full name, and its packages where no other has them before. */
function packNames(shown: readonly PackedServer[]): Sections<'nameAt' | 'names' | 'nameRows'> {
  const rowOf = new Map<string, number>();
  for (const [at, { row }] of shown.entries()) rowOf.set(row.name.toLowerCase(), at);
  for (const [at, { row }] of shown.entries()) {
    for (const [, identifier] of row.ways) {
      const key = identifier.toLowerCase();
      if (!rowOf.has(key)) rowOf.set(key, at);
    }
  }
  const names = [...rowOf.keys()].sort(compareBytes);
  const { at, bytes } = packTexts(names);
  const rows = Uint32Array.from(names, (name) => rowOf.get(name) ?? 0);
  return { nameAt: at, names: bytes, nameRows: bytesOf(rows) };
}

function packTexts(texts: readonly string[]): { at: Uint8Array; bytes: Uint8Array } {
  const at = new Uint32Array(texts.length + 1);
  const parts = texts.map((text) => Buffer.from(text));
  for (const [place, part] of parts.entries()) at[place + 1] = (at[place] ?? 0) + part.length;
  return { at: bytesOf(at), bytes: Buffer.concat(parts) };
}

function bytesOf(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : 1;
}

/** As the reader compares them. */
function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
