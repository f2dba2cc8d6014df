import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { Json, JsonObject } from '../../core/json.ts';

/**
 * Hides what a journal keeps of people and secrets, with a key that can be deleted. The same one the audit log has for
 * its user, so that forgetting them makes their journals unreadable too.
 */
export interface Vault {
  seal(text: string, bound: string): string;
  /** Undefined when it cannot be read (any more). */
  unseal(sealed: string, bound: string): string | undefined;
  /** Of a text, so that nobody without the key can guess it. */
  digest(text: string): string;
}

/** Longest answer a journal keeps, in characters. */
export const LONGEST_KEPT = 1024 * 1024;

/** Digest of a call: the same server, tool and arguments have the same. */
export function digestOfCall(
  { server, tool, args }: { readonly server: string; readonly tool: string; readonly args: JsonObject },
  { vault, salt }: { readonly vault: Vault | undefined; readonly salt: string },
): string {
  const text = canonicalJson([salt, server, tool, args] as Json);
  return vault ? vault.digest(text) : createHash('sha256').update(text).digest('hex');
}
