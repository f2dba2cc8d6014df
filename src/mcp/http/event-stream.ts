import { createLineSplitter } from '../line-splitter.ts';

export interface ServerSentEvent {
  /** `message` when the server names none. */
  readonly type: string;
  /** Bytes of the data, on one line: line breaks between data fields are blanks in JSON. */
  readonly data: Buffer;
}

export interface EventStreamOptions {
  onEvent(event: ServerSentEvent): void;
  /** The id to resume after. */
  onId(id: string): void;
  /** How long to wait before connecting again, in milliseconds. */
  onRetry(milliseconds: number): void;
}

export interface EventStream {
  push(chunk: Buffer): void;
}

const COLON = 0x3a;
const SPACE = 0x20;
/** A timer for longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const BYTE_ORDER_MARK = '\uFEFF';

/** Reads `text/event-stream`; what stands after the last blank line is no event and is dropped. */
export function createEventStream({ onEvent, onId, onRetry }: EventStreamOptions): EventStream {
  let isFirst = true;
  let type = '';
  let data: Buffer[] = [];
  const field = (name: string, value: Buffer): void => {
    if (name === 'data') data.push(value);
    else if (name === 'event') type = value.toString('utf8');
    else if (name === 'id') onId(value.toString('utf8'));
    else if (name === 'retry' && /^\d+$/.test(value.toString('latin1')))
      onRetry(Math.min(Number(value.toString('latin1')), LONGEST_TIMER_MS));
  };
  const dispatch = (): void => {
    const [first] = data;
    if (first && (data.length > 1 || first.length > 0)) {
      const bytes = data.length === 1 ? first : Buffer.concat(data.flatMap((piece) => [piece, BLANK]));
      onEvent({ type: type || 'message', data: bytes });
    }
    type = '';
    data = [];
  };
  return createLineSplitter({
    keepBlank: true,
    onTooLong: () => {},
    onLine(raw) {
      const line = raw.subarray(isFirst && raw.indexOf(BYTE_ORDER_MARK) === 0 ? 3 : 0, endOf(raw));
      isFirst = false;
      if (line.length === 0) return dispatch();
      const colon = line.indexOf(COLON);
      // A line that begins with a colon keeps the connection alive.
      if (colon === 0) return;
      if (colon === -1) return field(line.toString('utf8'), line.subarray(0, 0));
      const start = line[colon + 1] === SPACE ? colon + 2 : colon + 1;
      field(line.toString('utf8', 0, colon), line.subarray(start));
    },
  });
}

const BLANK = Buffer.from(' ');

function endOf(line: Buffer): number {
  let end = line.length;
  if (line[end - 1] === 0x0a) end -= 1;
  if (line[end - 1] === 0x0d) end -= 1;
  return end;
}
