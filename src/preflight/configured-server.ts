import type { StoredSignIn } from '../auth/tokens/stored-sign-in.ts';
import type { McpctlError } from '../core/errors.ts';
import type { ServerEntry } from '../manifest/entry.ts';
import type { LockEntry } from '../manifest/lock-schema.ts';
import type { ServerTarget } from '../mcp/transport.ts';
import type { CatalogFacts } from '../servers/catalog-facts.ts';

/** One server of a manifest, as the checks need it. */
export interface ConfiguredServer {
  readonly name: string;
  readonly entry: ServerEntry;
  readonly scope: 'user' | 'project';
  /** Path of the manifest it stands in. */
  readonly manifest: string;
  readonly lock: LockEntry | undefined;
  /** Path of the project's manifest, when it has another server of that name, which is left alone. */
  readonly hides: string | undefined;
}

/** A server made ready to start. */
export interface Prepared extends CatalogFacts {
  /** Undefined when something is in the way; then `failures` says what. */
  readonly target: ServerTarget | undefined;
  /** How the code that would start relates to the lock. */
  readonly lockState: 'unlocked' | 'matches' | 'differs' | 'not-installed' | 'changed';
  /** Why references could not be resolved, or the locked code may not start. */
  readonly failures: readonly McpctlError[];
  /** Resolved secret values, never to be printed. */
  readonly secrets: readonly string[];
  /** The sign-in there is, where the server may take one; its token is in the target while it lasts. */
  readonly signIn?: StoredSignIn['kind'];
  redact(text: string): string;
}
