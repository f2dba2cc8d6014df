import { type AuditPlace, checkpointPath, headPath, listLogFiles } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import { rowSchema } from './row.ts';
import { type ChainHead, readLine } from './row-line.ts';
import { readRecord } from './sealed-record.ts';
import { segmentLines } from './segment-lines.ts';
import { type Pins, type Problem, verifyChain } from './verify-chain.ts';

export interface Verdict {
  readonly rows: number;
  readonly segments: number;
  readonly chains: readonly { readonly chain: string; readonly rows: number; readonly last: number }[];
  /** What is wrong, at most a hundred. */
  readonly problems: readonly Problem[];
  /** What is no sign of tampering, but worth knowing. */
  readonly remarks: readonly string[];
}

export interface VerifyOptions {
  readonly place: AuditPlace;
  /** Or why the heads of sealed chains cannot be checked. */
  readonly keys: LogKeys | { readonly unsealed: string };
}

const MOST_PROBLEMS = 100;

/** Walks every row of the log; the caller keeps pruning away meanwhile. Writers may go on. */
export async function verifyLog({ place, keys }: VerifyOptions): Promise<Verdict> {
  const sealing = 'mac' in keys ? keys : undefined;
  const problems: Problem[] = [];
  const remarks: string[] = [];
  const report = (problem: Problem): void => void (problems.length < MOST_PROBLEMS && problems.push(problem));
  // Before the rows: what a head says was written before it.
  const { segments, chains } = await listLogFiles(place);
  const records = await Promise.all(
    chains.map(async (chain) => ({
      chain,
      head: await readRecord(headPath(place, chain), 'head', chain, sealing),
      pruned: await readRecord(checkpointPath(place, chain), 'pruned', chain, sealing),
    })),
  );
  const pins = await pinsOf(segments);
  const verified = [];
  for (const { chain, head, pruned } of records) {
    const own = segments.filter((segment) => segment.chain === chain);
    const { rows, last, notes } = await verifyChain(
      { chain, head, pruned, segments: own, pins: pins.get(chain) ?? new Map(), keys: sealing },
      report,
    );
    verified.push({ chain, rows, last });
    remarks.push(...notes);
  }
  for (const [chain, seen] of pins) {
    if (chains.includes(chain)) continue;
    const [{ by } = { by: 'another chain' }] = seen.values();
    report({ file: `${chain}.head`, what: `the whole chain ${chain}, which ${by} saw, is gone` });
  }
  remarks.push(...remarksOn(chains, keys));
  const rows = verified.reduce((sum, one) => sum + one.rows, 0);
  return { rows, segments: segments.length, chains: verified, problems, remarks };
}

/** What the chains say of one another. */
async function pinsOf(
  segments: readonly { readonly name: string; readonly path: string }[],
): Promise<Map<string, Pins>> {
  const pins = new Map<string, Pins>();
  for (const { name, path } of segments) {
    let number = 0;
    for await (const line of segmentLines(path)) {
      number += 1;
      for (const [chain, { seq, hash }] of seenIn(line)) {
        const known = pins.get(chain) ?? new Map();
        pins.set(chain, known.set(seq, { hash, by: `${name}:${number}` }));
      }
    }
  }
  return pins;
}

function seenIn(line: Buffer): [string, ChainHead][] {
  // Text inside a value has its quotes escaped.
  if (!line.includes('"kind":"opened"')) return [];
  const read = readLine(line);
  const row =
    typeof read === 'string' ? undefined : rowSchema.safeParse({ ...read.row, hash: read.hash }).data;
  return row?.kind === 'opened' ? Object.entries(row.seen) : [];
}

function remarksOn(chains: readonly string[], keys: VerifyOptions['keys']): string[] {
  const remarks: string[] = [];
  const open = chains.filter((chain) => chain.startsWith('o'));
  const sealed = chains.filter((chain) => chain.startsWith('s'));
  if (open.length > 0) {
    remarks.push(
      `${open.join(', ')}: written without a key. Whoever may write the files could have made it anew as a whole.`,
    );
  }
  if (sealed.length > 0 && 'unsealed' in keys) {
    remarks.push(`${sealed.join(', ')}: the heads could not be checked without the key (${keys.unsealed}).`);
  }
  if (chains.length === 0 && 'mac' in keys) {
    remarks.push(
      'There is a key of an audit log, but no log: it was never written, or it was removed as a whole.',
    );
  }
  return remarks;
}
