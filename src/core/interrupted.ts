import { type Context, createContext, Script } from 'node:vm';

/** Runs work that does not wait, and ends it where it takes longer than so many milliseconds. */
export interface Interrupter {
  /** @throws what the work throws, and an Error where it took too long. */
  run<T>(work: () => T, milliseconds: number): T;
}

/** Regular expressions and schemas of others can keep the only thread busy for ever; V8 ends a script, whatever it does. */
export function createInterrupter(): Interrupter {
  const script = new Script('work()');
  let room: Context | undefined;
  return {
    run(work, milliseconds) {
      room ??= createContext({ work: undefined });
      room.work = work;
      try {
        return script.runInContext(room, { timeout: milliseconds });
      } finally {
        room.work = undefined;
      }
    },
  };
}
