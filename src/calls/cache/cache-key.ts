import { createHash } from 'node:crypto';
import type { Json } from '../../core/json.ts';

/** The form of keys and of what is kept; another one finds nothing of this one. */
const VERSION = 1;

export interface KeyParts {
  readonly server: string;
  /** Whose it is. */
  readonly partition: readonly string[];
  /** Version, configuration and protocol of the server. */
  readonly instance: string;
  readonly method: string;
  /** Everything of the request that the answer depends on. */
  readonly subject: readonly Json[];
  readonly generations: string;
}

/** A key that tells nothing but which server's it is, and that only to those who know its name. */
export function cacheKey({ server, partition, instance, method, subject, generations }: KeyParts): string {
  const parts = [VERSION, partition, server, instance, method, subject, generations];
  return `${serverPrefix(server)}${sha256(JSON.stringify(parts))}`;
}

/** What the keys of one server begin with. */
export function serverPrefix(server: string): string {
  return `${sha256(server).slice(0, 16)}:`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
