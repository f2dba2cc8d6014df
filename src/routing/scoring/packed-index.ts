import { type Postings, rarenessOf, type TextIndex, type TextIndexBuilder } from './text-index.ts';

/** A text index as plain data. */
export interface PackedTextIndex {
  readonly size: number;
  /** Term → documents and how strongly each holds it, alternating; documents as distances, strengths in 255ths. */
  readonly terms: Readonly<Record<string, readonly number[]>>;
}

const STEPS = 255;

export function packTextIndex(builder: TextIndexBuilder): PackedTextIndex {
  const index = builder.finish();
  const terms: Record<string, number[]> = {};
  for (const term of [...index.terms()].sort()) {
    const { documents = [], strengths = [] } = index.postings(term) ?? {};
    const list: number[] = [];
    let last = 0;
    for (const [at, document] of documents.entries()) {
      list.push(document - last, Math.max(1, Math.round((strengths[at] ?? 0) * STEPS)));
      last = document;
    }
    terms[term] = list;
  }
  return { size: index.size, terms };
}

/** Unpacks a term when it is asked for. */
export function openTextIndex({ size, terms }: PackedTextIndex): TextIndex {
  const opened = new Map<string, Postings | undefined>();
  const open = (term: string): Postings | undefined => {
    const list = Object.hasOwn(terms, term) ? terms[term] : undefined;
    if (!list) return undefined;
    const count = list.length / 2;
    const documents = new Uint32Array(count);
    const strengths = new Float32Array(count);
    let last = 0;
    for (let at = 0; at < count; at += 1) {
      last += list[at * 2] ?? 0;
      documents[at] = last;
      strengths[at] = (list[at * 2 + 1] ?? 0) / STEPS;
    }
    return { documents, strengths, rareness: rarenessOf(count, size) };
  };
  const postings = (term: string): Postings | undefined => {
    if (!opened.has(term)) opened.set(term, open(term));
    return opened.get(term);
  };
  return {
    size,
    terms: () => Object.keys(terms),
    postings,
    rareness: (term) => postings(term)?.rareness ?? rarenessOf(0, size),
  };
}
