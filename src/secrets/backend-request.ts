import type { ReferenceScheme } from '../core/reference.ts';
import type { Env } from '../platform/env.ts';

/** One `${scheme:path}` to read, and what of the machine it may use. */
export interface BackendRequest {
  readonly scheme: Exclude<ReferenceScheme, 'keychain'>;
  /** What stands after the colon. */
  readonly path: string;
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly projectFolder?: string;
  readonly fetch?: typeof fetch;
  readonly server?: string;
  readonly signal?: AbortSignal;
}
