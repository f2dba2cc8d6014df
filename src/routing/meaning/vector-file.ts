import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';

/** Vectors of texts by the hash of the text, so that a tool is sent once and again only when it changes. */
export type Vectors = ReadonlyMap<string, Int8Array>;

export interface VectorFile {
  /** Empty when there is none that can be used. */
  read(): Promise<Vectors>;
  /** Keeps these and no others. One that cannot be written costs requests, nothing else. */
  write(vectors: Vectors): Promise<void>;
}

const VERSION = 1;
/** A step of a part of a vector: products are off by less than a hundredth. */
export const STEPS = 127;

/** One file for each endpoint and model, 0600, in the cache folder. */
export function createVectorFile(cache: string, embedder: string): VectorFile {
  const path = join(cache, 'routing', `vectors-${hashOf(embedder).slice(0, 16)}.json`);
  return {
    async read() {
      try {
        const value: unknown = JSON.parse(await readFile(path, 'utf8'));
        if (!isRecord(value) || value.version !== VERSION || !isRecord(value.vectors)) return new Map();
        return new Map(
          Object.entries(value.vectors).flatMap(([hash, text]) =>
            typeof text === 'string' ? [[hash, Int8Array.from(Buffer.from(text, 'base64'))] as const] : [],
          ),
        );
      } catch {
        return new Map();
      }
    },
    async write(vectors) {
      const packed = Object.fromEntries(
        [...vectors].map(([hash, vector]) => [hash, Buffer.from(vector.buffer).toString('base64')]),
      );
      await writeFileAtomic(path, JSON.stringify({ version: VERSION, vectors: packed })).catch(() => {});
    },
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Parts of a vector of length 1 in whole steps. */
export function packVector(vector: Float32Array): Int8Array {
  return Int8Array.from(vector, (part) => Math.round(part * STEPS));
}
