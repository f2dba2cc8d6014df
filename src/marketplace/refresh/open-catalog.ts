import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isRecord } from '../../core/json.ts';
import { type Postings, rarenessOf, type TextIndex } from '../../routing/scoring/text-index.ts';
import {
  type CatalogHead,
  FACETS,
  FORMAT,
  SECTION_NAMES,
  type SectionName,
  STRENGTH_STEPS,
  type StoredRow,
} from './catalog-file.ts';
import type { RefreshedRow } from './row.ts';

/** Refreshed servers, read piece by piece. Whatever of the file cannot be read is not there. */
export interface RefreshedCatalog {
  readonly head: CatalogHead;
  /** Words of the servers that are shown; documents are their places. */
  readonly index: TextIndex;
  /** One number a row, which `FACETS` reads. */
  readonly facets: Uint32Array;
  row(place: number): StoredRow | undefined;
  /** Every row with the place of its registry, those that are not shown too. @throws SyntaxError, RangeError */
  all(): Iterable<{ readonly row: RefreshedRow; readonly source: number }>;
  /** Place of the server with this full name, package or address; case does not count. */
  find(name: string): number | undefined;
  close(): void;
}

const LONGEST_HEAD = 1024 * 1024;
const FIRST_READ = 16 * 1024;

/** Undefined where there is no file, or none of this format. */
export function openRefreshedCatalog(path: string): RefreshedCatalog | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const found = readHead(file);
    if (found) return catalogOf(file, found);
  } catch {
    // A file that was cut or is somebody else's is as good as none.
  }
  closeSync(file);
  return undefined;
}

interface Found {
  readonly head: CatalogHead;
  /** Bytes before the first section. */
  readonly start: number;
}

function readHead(file: number): Found | undefined {
  const { size } = fstatSync(file);
  let bytes = readBytes(file, 0, Math.min(size, FIRST_READ));
  let end = bytes.indexOf(0x0a);
  if (end === -1) {
    bytes = readBytes(file, 0, Math.min(size, LONGEST_HEAD));
    end = bytes.indexOf(0x0a);
  }
  if (end === -1) return undefined;
  const head: unknown = JSON.parse(bytes.toString('utf8', 0, end));
  if (!isRecord(head) || head.version !== FORMAT || !isRecord(head.sections)) return undefined;
  const start = end + 1;
  for (const name of SECTION_NAMES) {
    const place = head.sections[name];
    if (!Array.isArray(place) || start + Number(place[0]) + Number(place[1]) > size) return undefined;
  }
  return { head: head as unknown as CatalogHead, start };
}

function readBytes(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let read = 0;
  while (read < length) {
    const count = readSync(file, bytes, read, length - read, at + read);
    if (count === 0) throw new RangeError('The file is shorter than it was.');
    read += count;
  }
  return bytes;
}

function catalogOf(file: number, { head, start }: Found): RefreshedCatalog {
  const piece = (name: SectionName, from: number, length: number): Buffer => {
    const [at, whole] = head.sections[name];
    if (from < 0 || length < 0 || from + length > whole) throw new RangeError(`${name} has no such part.`);
    return readBytes(file, start + at + from, length);
  };
  const opened = new Map<SectionName, Buffer>();
  const section = (name: SectionName): Buffer => {
    const known = opened.get(name) ?? piece(name, 0, head.sections[name][1]);
    opened.set(name, known);
    return known;
  };
  const numbers = (name: SectionName): Uint32Array => {
    const { buffer, byteOffset, byteLength } = section(name);
    return new Uint32Array(buffer, byteOffset, byteLength >> 2);
  };
  const pair = (name: SectionName, place: number): [number, number] => {
    const two = piece(name, place * 4, 8);
    return [two.readUInt32LE(0), two.readUInt32LE(4)];
  };
  return {
    head,
    index: indexOf({ size: head.shown, numbers, section, piece }),
    get facets() {
      return numbers('facets');
    },
    row(place) {
      try {
        const [from, to] = pair('rowAt', place);
        const stored: unknown = JSON.parse(piece('rows', from, to - from).toString('utf8'));
        return isRecord(stored) && isRecord(stored.row) ? (stored as unknown as StoredRow) : undefined;
      } catch {
        return undefined;
      }
    },
    *all() {
      const texts = section('rows');
      const at = numbers('rowAt');
      for (let place = 0; place < head.rows; place += 1) {
        const stored = JSON.parse(texts.toString('utf8', at[place], at[place + 1])) as StoredRow;
        yield { row: stored.row, source: FACETS.source(numbers('facets')[place] ?? 0) };
      }
    },
    find(name) {
      // Of a list this long a few pieces are read.
      const asked = Buffer.from(name.toLowerCase());
      const compare = (place: number): number => {
        const [from, to] = pair('nameAt', place);
        return piece('names', from, to - from).compare(asked);
      };
      try {
        const at = searchSorted((head.sections.nameAt[1] >> 2) - 1, compare);
        return at === undefined ? undefined : piece('nameRows', at * 4, 4).readUInt32LE(0);
      } catch {
        return undefined;
      }
    },
    close: () => closeSync(file),
  };
}

interface Parts {
  /** Number of documents. */
  readonly size: number;
  numbers(name: SectionName): Uint32Array;
  section(name: SectionName): Buffer;
  piece(name: SectionName, from: number, length: number): Buffer;
}

function indexOf({ size, numbers, section, piece }: Parts): TextIndex {
  const opened = new Map<string, Postings | undefined>();
  const open = (term: string): Postings | undefined => {
    const at = placeOf(term, numbers('termAt'), section('terms'));
    if (at === undefined) return undefined;
    const [from = 0, to = 0] = numbers('postingAt').subarray(at, at + 2);
    const count = to - from;
    const documents = piece('documents', from * 4, count * 4);
    const steps = piece('strengths', from, count);
    const strengths = new Float32Array(count);
    for (let place = 0; place < count; place += 1) strengths[place] = (steps[place] ?? 0) / STRENGTH_STEPS;
    return {
      documents: new Uint32Array(documents.buffer, documents.byteOffset, count),
      strengths,
      rareness: rarenessOf(count, size),
    };
  };
  const postings = (term: string): Postings | undefined => {
    if (!opened.has(term)) opened.set(term, open(term));
    return opened.get(term);
  };
  return {
    size,
    *terms() {
      const at = numbers('termAt');
      for (let place = 0; place + 1 < at.length; place += 1)
        yield section('terms').toString('utf8', at[place], at[place + 1]);
    },
    postings,
    rareness: (term) => postings(term)?.rareness ?? rarenessOf(0, size),
  };
}

/** Where a text stands in a sorted list of texts. */
function placeOf(text: string, at: Uint32Array, bytes: Buffer): number | undefined {
  const asked = Buffer.from(text);
  return searchSorted(at.length - 1, (place) =>
    bytes.compare(asked, 0, asked.length, at[place], at[place + 1]),
  );
}

/** The place that compares as 0; undefined where none does. */
function searchSorted(length: number, compare: (place: number) => number): number | undefined {
  let low = 0;
  let high = length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compare(middle);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
