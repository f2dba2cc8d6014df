import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';

/** Says whether two values are the same without showing any: 12 hex digits, other ones on every installation. */
export type Fingerprint = (value: string) => string;

/** Reads this installation's key from the state folder, or makes it there. */
export async function createFingerprint(state: string): Promise<Fingerprint> {
  const key = await installKey(join(state, 'install-key'));
  return (value) => createHmac('sha256', key).update(value).digest('hex').slice(0, 12);
}

async function installKey(path: string): Promise<Buffer> {
  const known = await readKey(path);
  if (known) return known;
  const key = randomBytes(32);
  try {
    await writeFileAtomic(path, `${key.toString('hex')}\n`, { expectedSha256: null });
    return key;
  } catch (error) {
    // Another process made it first.
    if (!(error instanceof McpctlError) || error.code !== 'FILE_CHANGED') throw error;
    return (await readKey(path)) ?? key;
  }
}

async function readKey(path: string): Promise<Buffer | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
  throw new McpctlError('SECRET_CORRUPT', `${path} does not hold the key mcpctl wrote there.`, {
    hint: `Remove it; fingerprints change, secrets do not: rm ${path}`,
    data: { path },
  });
}
