import { type Envelope, readEnvelope } from '../../mcp/envelope.ts';

/** A batch of a client, taken apart; its answers leave together, as it expects them. */
export interface Batches {
  /** Takes a batch apart; the lines of its messages, in order. */
  open(line: Buffer, envelope: Envelope): readonly Part[];
  /** An answer that belongs to a batch is kept until it is whole. False: it belongs to none. */
  answered(id: string, line: Buffer): boolean;
  /** Nobody waits for this answer any more. */
  forget(id: string): void;
}

export interface Part {
  readonly line: Buffer;
  readonly envelope: Envelope | undefined;
}

interface Open {
  readonly ids: readonly string[];
  readonly missing: Set<string>;
  readonly answers: Buffer[];
}

/** `whole` gets the ids and the line of each batch that is complete. */
export function createBatches(whole: (ids: readonly string[], line: Buffer) => void): Batches {
  const byId = new Map<string, Open>();
  const close = ({ ids, missing, answers }: Open): void => {
    if (missing.size > 0 || answers.length === 0) return;
    const parts = answers.flatMap((answer, index) => (index === 0 ? [answer] : [Buffer.from(','), answer]));
    whole(ids, Buffer.concat([Buffer.from('['), ...parts, Buffer.from(']\n')]));
  };
  return {
    open(line, envelope) {
      const ids = (envelope.items ?? []).flatMap(({ kind, id }) =>
        kind === 'request' && id !== undefined ? [id] : [],
      );
      const batch: Open = { ids, missing: new Set(ids), answers: [] };
      for (const id of ids) byId.set(id, batch);
      return itemsOf(line).map((item) => ({ line: item, envelope: readEnvelope(item) }));
    },
    answered(id, line) {
      const batch = byId.get(id);
      if (!batch || !byId.delete(id)) return false;
      batch.missing.delete(id);
      batch.answers.push(withoutBreaks(line));
      close(batch);
      return true;
    },
    forget(id) {
      const batch = byId.get(id);
      if (!batch || !byId.delete(id)) return;
      batch.missing.delete(id);
      close(batch);
    },
  };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/** The bytes of each element of a JSON array, which `line` is known to be. */
export function itemsOf(line: Buffer): Buffer[] {
  const items: Buffer[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at] as number;
    if (byte === QUOTE) at = stringEnd(line, at);
    else if (OPENING.has(byte)) {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if (CLOSING.has(byte)) {
      depth -= 1;
      if (depth === 0) items.push(line.subarray(start, at));
    } else if (byte === COMMA && depth === 1) {
      items.push(line.subarray(start, at));
      start = at + 1;
    }
  }
  return items.map(withoutBreaks);
}

function stringEnd(line: Buffer, start: number): number {
  let at = start + 1;
  while (at < line.length && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
  return at;
}

function withoutBreaks(line: Buffer): Buffer {
  let end = line.length;
  while (end > 0 && isSpace(line[end - 1])) end -= 1;
  let start = 0;
  while (start < end && isSpace(line[start])) start += 1;
  return line.subarray(start, end);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
