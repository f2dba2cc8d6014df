import type { ServerEntry } from '../../manifest/entry.ts';
import type { LockEntry, LockTools } from '../../manifest/lock-schema.ts';
import type { Launch } from '../launch.ts';
import type { FirstCall, Variable } from '../spec.ts';

/** Takes back one thing that was done. */
export type Undo = () => Promise<void>;

export interface Verification {
  readonly tools: LockTools;
  /** Milliseconds from the start to the end of the first call. */
  readonly duration: number;
  readonly firstCall?: { readonly tool: string; readonly isError: boolean; readonly text: string };
}

export interface Step {
  readonly title: string;
  run(handle: { title(text: string): void; detail(text: string): void }): Promise<void>;
}

/** What adding a server needs of other parts; the command wires it. */
export interface AddPorts {
  /** Draws and runs steps one after another; throws what a step throws. */
  runSteps(steps: readonly Step[]): Promise<void>;
  /** Starts the server once, lists its tools and tries the call. Throws SIGN_IN_NEEDED for one that wants a sign-in. */
  verify(server: { name: string; launch: Launch; firstCall?: FirstCall }): Promise<Verification>;
  /** Writes one manifest entry. */
  writeEntry(name: string, entry: ServerEntry): Promise<Undo>;
  /** Writes one lock entry; the one before it becomes its predecessor. */
  writeLock(name: string, entry: LockEntry): Promise<Undo>;
  /** Keeps a secret where `${NAME}` finds it. */
  storeSecret(variable: Variable, value: string): Promise<Undo>;
  /** Writes the clients' files; returns their names. */
  syncClients(names: readonly string[]): Promise<{ readonly clients: readonly string[]; undo: Undo }>;
}
