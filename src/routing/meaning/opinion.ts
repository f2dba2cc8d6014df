import type { RoutableServer } from '../catalogue.ts';
import type { RankOptions } from '../rank.ts';
import type { RoutingIndex } from '../routing-index.ts';
import { wordsOfName } from '../text/words.ts';
import type { Embedder } from './embedder.ts';
import { hashOf, packVector, STEPS, type VectorFile, type Vectors } from './vector-file.ts';

export interface OpinionOptions {
  readonly embedder: Embedder;
  readonly file: VectorFile;
  /** For the request, in milliseconds. */
  readonly timeoutMs: number;
  /** Told how many of the tools are done, while their vectors are fetched. */
  readonly progress?: (done: number, of: number) => void;
}

/** Tools sent in one request; each request of them may take ten times as long as that of a task. */
const BATCH = 64;
const PATIENCE = 10;
const LONGEST_TEXT = 1000;
const SHARE = 0.5;

/**
 * How alike in meaning a task is to each tool, beyond what it has in common with all of them: 0 for an average tool.
 * Tools whose vectors are not in the file are sent first; what arrived before a failure is kept.
 * @throws what `Embedder.embed` throws
 */
export async function opinionOn(
  task: string,
  { servers, candidates }: RoutingIndex,
  { embedder, file, timeoutMs, progress }: OpinionOptions,
): Promise<NonNullable<RankOptions['opinion']>> {
  const texts = candidates.map(({ server, tool }) => textOf(servers[server], tool));
  const hashes = texts.map(hashOf);
  const [asked] = await embedder.embed([task], timeoutMs);
  const wanted = new Set(hashes);
  const isUsable = ([hash, vector]: readonly [string, Int8Array]): boolean =>
    wanted.has(hash) && vector.length === asked?.length;
  const known = new Map([...(await file.read())].filter(isUsable));
  const missing = [...new Map(hashes.map((hash, at) => [hash, texts[at] ?? ''])).entries()].filter(
    ([hash]) => !known.has(hash),
  );
  try {
    for (let start = 0; start < missing.length; start += BATCH) {
      progress?.(start, missing.length);
      const batch = missing.slice(start, start + BATCH);
      const vectors = await embedder.embed(
        batch.map(([, text]) => text),
        timeoutMs * PATIENCE,
      );
      for (const [at, [hash]] of batch.entries()) {
        const vector = vectors[at];
        if (vector) known.set(hash, packVector(vector));
      }
    }
  } finally {
    if (missing.length > 0) await file.write(known);
  }
  return { of: likenesses(asked, hashes, known), share: SHARE };
}

function likenesses(
  asked: Float32Array | undefined,
  hashes: readonly string[],
  known: Vectors,
): (candidate: number) => number {
  const products = hashes.map((hash) => productOf(asked, known.get(hash)));
  const mean = products.reduce((sum, product) => sum + product, 0) / Math.max(1, products.length);
  return (candidate) => Math.max(0, ((products[candidate] ?? 0) - mean) / Math.max(0.01, 1 - mean));
}

/** 0 for vectors of different lengths: those of another model. */
function productOf(one: Float32Array | undefined, other: Int8Array | undefined): number {
  if (!one || other?.length !== one.length) return 0;
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum / STEPS;
}

/** What is sent of a tool: what its server says. Examples may be a user's own words, so they stay here. */
function textOf(
  server: RoutableServer | undefined,
  tool: RoutableServer['tools'][number] | undefined,
): string {
  const of = `${server?.title ?? ''}. ${server?.description ?? ''}`;
  const text = tool ? `${wordsOfName(tool.name).join(' ')} (${of}): ${tool.description}` : of;
  return text.slice(0, LONGEST_TEXT);
}
