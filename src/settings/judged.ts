import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../core/json.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import type { SettingsFile } from './schema.ts';

/** Set by the build to a digest of what judges settings; from the sources nothing is kept. */
declare const SETTINGS_DIGEST: string | undefined;

/** A settings file that was found without fault before. */
export interface JudgedSettings {
  /** What it held, or undefined when it has to be judged. */
  known(): Promise<SettingsFile | undefined>;
  /** Keeps a value that was judged and has no problems. */
  keep(value: SettingsFile): Promise<void>;
}

/**
 * Judging a file takes a schema and a parser, 8 MiB of memory for each process that stays with a client. So what was
 * found valid is kept in the cache folder, under the digest of the file's bytes.
 */
export function judgedSettings(path: string, text: string, cache: string | undefined): JudgedSettings {
  const isKept = typeof SETTINGS_DIGEST === 'string' && cache !== undefined;
  const place = isKept ? join(cache, 'settings', `${sha256(path).slice(0, 32)}.json`) : '';
  const key = isKept ? sha256(`${SETTINGS_DIGEST}\n${text}`) : '';
  return {
    async known() {
      if (!isKept) return undefined;
      try {
        const kept: unknown = JSON.parse(await readFile(place, 'utf8'));
        return isRecord(kept) && kept.key === key ? (kept.value as SettingsFile) : undefined;
      } catch {
        return undefined;
      }
    },
    async keep(value) {
      // Only what was judged: the file may have changed meanwhile.
      if (!isKept || (await readFile(path, 'utf8').catch(() => undefined)) !== text) return;
      // A cache that cannot be written costs time, and nothing else.
      await writeFileAtomic(place, JSON.stringify({ key, value })).catch(() => {});
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
