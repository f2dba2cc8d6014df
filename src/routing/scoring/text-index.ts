/** A part of a document: its terms and how much a match in them counts. */
export interface Field {
  readonly terms: readonly string[];
  readonly weight: number;
  /** How much a long text of this kind dilutes its words: 0 not at all, 1 fully. */
  readonly dilution: number;
}

/** Documents of fields, ready to be asked which of them hold a term. */
export interface TextIndex {
  readonly size: number;
  /** Every term a document holds. */
  terms(): Iterable<string>;
  postings(term: string): Postings | undefined;
  /** Rareness of a term; of one no document holds, that of the rarest. */
  rareness(term: string): number;
}

export interface Postings {
  readonly documents: Uint32Array;
  /** How strongly each holds the term, 0 to 1. */
  readonly strengths: Float32Array;
  readonly rareness: number;
}

/** How fast repeated mentions stop counting. */
const SATURATION = 1.2;
/** An entry of a list is one number: document, place of the field, number of mentions. */
const MOST_MENTIONS = 63;
const MOST_PLACES = 16;

/** Takes documents one by one and keeps of each only which terms it holds where. */
export interface TextIndexBuilder {
  add(fields: readonly Field[]): void;
  finish(): TextIndex;
}

/**
 * Indexes documents for BM25F: fields are weighted and length-normalised before their mentions saturate together.
 * Fields of one kind stand at the same place in every document.
 */
export function createTextIndexBuilder(): TextIndexBuilder {
  const entries = new Map<string, number[]>();
  const lengths: number[][] = [];
  const kinds: Pick<Field, 'weight' | 'dilution'>[] = [];
  const counts = new Map<string, number>();
  return {
    add(fields) {
      const document = lengths.length;
      lengths.push(fields.map(({ terms }) => terms.length));
      for (const [place, { terms, weight, dilution }] of fields.entries()) {
        kinds[place] ??= { weight, dilution };
        counts.clear();
        for (const term of terms) counts.set(term, Math.min(MOST_MENTIONS, (counts.get(term) ?? 0) + 1));
        for (const [term, count] of counts) {
          const entry = (document * MOST_PLACES + place) * (MOST_MENTIONS + 1) + count;
          const list = entries.get(term);
          if (list) list.push(entry);
          else entries.set(term, [entry]);
        }
      }
    },
    finish: () => indexOf(entries, sharesOf(lengths, kinds), lengths.length),
  };
}

type ShareOf = (document: number, place: number) => number;

/** What a mention in a field counts, by the field's weight and how long it is against others of its kind. */
function sharesOf(
  lengths: readonly (readonly number[])[],
  kinds: readonly Pick<Field, 'weight' | 'dilution'>[],
): ShareOf {
  const averages = kinds.map((_, place) => {
    const filled = lengths.map((fields) => fields[place] ?? 0).filter((length) => length > 0);
    return filled.length === 0 ? 1 : filled.reduce((sum, length) => sum + length, 0) / filled.length;
  });
  return (document, place) => {
    const { weight, dilution } = kinds[place] ?? { weight: 0, dilution: 0 };
    const length = lengths[document]?.[place] ?? 0;
    return weight / (1 - dilution + (dilution * length) / (averages[place] ?? 1));
  };
}

function indexOf(entries: ReadonlyMap<string, readonly number[]>, shareOf: ShareOf, size: number): TextIndex {
  const postings = new Map<string, Postings>();
  for (const [term, list] of entries) postings.set(term, postingsOf(list, shareOf, size));
  const rarest = rarenessOf(0, size);
  return {
    size,
    terms: () => postings.keys(),
    postings: (term) => postings.get(term),
    rareness: (term) => postings.get(term)?.rareness ?? rarest,
  };
}

/** Entries of one document stand together. */
function postingsOf(list: readonly number[], shareOf: ShareOf, size: number): Postings {
  const documents: number[] = [];
  const mentions: number[] = [];
  for (const entry of list) {
    const count = entry % (MOST_MENTIONS + 1);
    const field = Math.floor(entry / (MOST_MENTIONS + 1));
    const document = Math.floor(field / MOST_PLACES);
    const weight = count * shareOf(document, field % MOST_PLACES);
    const last = documents.length - 1;
    if (documents[last] === document) mentions[last] = (mentions[last] ?? 0) + weight;
    else {
      documents.push(document);
      mentions.push(weight);
    }
  }
  return {
    documents: Uint32Array.from(documents),
    strengths: Float32Array.from(mentions, (mention) => mention / (SATURATION + mention)),
    rareness: rarenessOf(documents.length, size),
  };
}

/** Of a term so many of the documents hold. */
export function rarenessOf(holders: number, size: number): number {
  return Math.log(1 + (size - holders + 0.5) / (holders + 0.5));
}
