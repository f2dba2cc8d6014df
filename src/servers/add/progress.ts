import type { McpctlError } from '../../core/errors.ts';
import type { ServerEntry } from '../../manifest/entry.ts';
import type { LockEntry } from '../../manifest/lock-schema.ts';
import type { Resolution } from '../sources/source.ts';
import type { Spec, Variable } from '../spec.ts';
import type { SignedIn, Undo, Verification } from './ports.ts';

/** Everything decided about one server, so that adding it asks nothing more. */
export interface AddPlan {
  readonly resolution: Resolution;
  /** With its blanks filled. */
  readonly spec: Spec;
  readonly secrets: readonly { readonly variable: Variable; readonly value: string }[];
  /** Needed, but not given yet; such a server is not started. */
  readonly missing: readonly Variable[];
  /** Milliseconds it took to find the exact version. */
  readonly resolveTime: number;
}

export interface AddOptions {
  /** False with `--no-verify`. */
  readonly verify: boolean;
  /** False with `--no-sync`. */
  readonly sync: boolean;
  /** False with `--no-sign-in`. */
  readonly signIn: boolean;
}

/** One server on its way into the manifest. */
export interface Progress {
  readonly plan: AddPlan;
  readonly name: string;
  entry: ServerEntry;
  readonly undo: Undo[];
  readonly timings: Record<string, number>;
  lock: LockEntry;
  folder?: string;
  signedIn?: Omit<SignedIn, 'undo' | 'notes'>;
  readonly signInNotes: string[];
  verification?: Verification;
  notStarted?: string;
  next: string[];
  clients: readonly string[];
  error?: McpctlError;
}
