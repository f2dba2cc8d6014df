import type { ServerEntry } from '../../manifest/entry.ts';
import type { LockEntry, LockTools } from '../../manifest/lock-schema.ts';
import type { HiddenInTool } from '../../mcp/hidden-in-tools.ts';
import type { Launch } from '../launch.ts';
import type { FirstCall, Variable } from '../spec.ts';

/** Takes back one thing that was done. */
export type Undo = () => Promise<void>;

export interface Verification {
  readonly tools: LockTools;
  /** Tools with characters nobody sees. */
  readonly hidden?: readonly HiddenInTool[];
  /** Milliseconds from the start to the end of the first call. */
  readonly duration: number;
  readonly firstCall?: { readonly tool: string; readonly isError: boolean; readonly text: string };
}

export interface StepHandle {
  title(text: string): void;
  detail(text: string): void;
}

export interface Step {
  readonly title: string;
  run(handle: StepHandle): Promise<void>;
}

/** A server that wants a sign-in, as its entry is going to be. */
export interface ServerToSignIn {
  readonly name: string;
  readonly entry: ServerEntry;
  /** Catalog slug or registry name. */
  readonly catalog?: string;
}

export interface SignedIn {
  readonly issuer: string;
  readonly account?: string;
  /** What the user should know of it, such as permissions nobody asked for. */
  readonly notes: readonly string[];
  /** Ends the sign-in, unless there was one before. */
  readonly undo: Undo;
}

/** What adding a server needs of other parts; the command wires it. */
export interface AddPorts {
  /** Draws and runs steps one after another; throws what a step throws. */
  runSteps(steps: readonly Step[]): Promise<void>;
  /** Starts the server once, lists its tools and tries the call. Throws SIGN_IN_NEEDED for one that wants a sign-in. */
  verify(server: { name: string; launch: Launch; firstCall?: FirstCall }): Promise<Verification>;
  /**
   * Signs in with the browser; from then on `verify` does it as the user. A text says why nobody can be asked here.
   * Throws what a sign-in throws.
   */
  signIn(server: ServerToSignIn, handle: StepHandle): Promise<SignedIn | string>;
  /** Writes one manifest entry. */
  writeEntry(name: string, entry: ServerEntry): Promise<Undo>;
  /** Writes one lock entry; the one before it becomes its predecessor. */
  writeLock(name: string, entry: LockEntry): Promise<Undo>;
  /** Keeps a secret where `${NAME}` finds it. */
  storeSecret(variable: Variable, value: string): Promise<Undo>;
  /** Writes the clients' files; returns their names. */
  syncClients(names: readonly string[]): Promise<{ readonly clients: readonly string[]; undo: Undo }>;
}
