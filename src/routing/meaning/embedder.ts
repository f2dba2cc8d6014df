import { isRecord } from '../../core/json.ts';
import type { Fetch } from '../../platform/fetch.ts';

/** Turns texts into vectors of length 1 whose products say how alike the texts are in meaning. */
export interface Embedder {
  /** Changes when vectors of before can't be compared with those of now. */
  readonly id: string;
  /** One vector a text, in their order. @throws EmbeddingsUnusable and what `Fetch` throws. */
  embed(texts: readonly string[], timeoutMs: number): Promise<Float32Array[]>;
}

/** An answer of the endpoint that is none. The message says why, without anything the endpoint said. */
export class EmbeddingsUnusable extends Error {}

export interface EmbedderOptions {
  /** Up to and including the version, e.g. `https://api.example.com/v1`. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token. */
  readonly key: string | undefined;
  readonly fetch: Fetch;
}

const MOST_BYTES = 32 * 1_048_576;
const MOST_DIMENSIONS = 8192;

/** Any service that speaks OpenAI's `/v1/embeddings`. */
export function createEmbedder({ url, model, key, fetch }: EmbedderOptions): Embedder {
  const address = `${url.replace(/\/+$/, '').replace(/\/embeddings$/, '')}/embeddings`;
  return {
    id: `${address} ${model}`,
    async embed(texts, timeoutMs) {
      const response = await fetch(address, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, input: texts, encoding_format: 'float' }),
        maxBytes: MOST_BYTES,
        timeoutMs,
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new EmbeddingsUnusable(`it answered with status ${response.status}`);
      }
      const body: unknown = await response.json().catch(() => undefined);
      return vectorsOf(body, texts.length);
    },
  };
}

/** The order of an answer is its indices', not that of its list. */
function vectorsOf(body: unknown, count: number): Float32Array[] {
  const rows = isRecord(body) && Array.isArray(body.data) ? body.data : [];
  const vectors: Float32Array[] = [];
  for (const [place, row] of rows.entries()) {
    if (!isRecord(row)) continue;
    const at = typeof row.index === 'number' ? row.index : place;
    const vector = vectorOf(row.embedding);
    if (vector && Number.isInteger(at) && at >= 0 && at < count) vectors[at] = vector;
  }
  const [first] = vectors;
  const isWhole = Array.from({ length: count }, (_, at) => vectors[at]?.length).every(
    (length) => length !== undefined && length === first?.length,
  );
  if (!isWhole) throw new EmbeddingsUnusable('its answer has not one vector of numbers for each text');
  return vectors;
}

function vectorOf(value: unknown): Float32Array | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_DIMENSIONS) return undefined;
  if (!value.every((each) => typeof each === 'number' && Number.isFinite(each))) return undefined;
  const vector = Float32Array.from(value as number[]);
  const length = Math.hypot(...vector);
  return Number.isFinite(length) && length > 0 ? vector.map((each) => each / length) : undefined;
}
