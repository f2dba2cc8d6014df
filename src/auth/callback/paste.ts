import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { McpctlError } from '../../core/errors.ts';
import { readPasted } from './pasted-address.ts';

export interface PasteOptions {
  readonly input: Readable & { isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly redirectUri: string;
  readonly state: string;
  /** Ends the waiting when it is pressed alone in a terminal. */
  readonly key?: string;
  /** Told why a paste was not taken; the next one is waited for. */
  readonly refuse: (message: string) => void;
  /** Aborted when the browser came back by itself. */
  readonly signal: AbortSignal;
}

/**
 * Waits for the redirect to be pasted and confirmed with Enter. Undefined when the input ends or the signal aborts,
 * 'key' when that was pressed.
 * Nothing that is typed appears anywhere: a terminal is switched to raw mode, which also lifts its limit of 1024 or
 * 4096 characters a line. Throws CANCELLED at Ctrl-C, which is no signal in that mode.
 */
export function pastedRedirect(options: PasteOptions): Promise<URL | 'key' | undefined> {
  const { input, key, refuse, signal } = options;
  if (signal.aborted || input.readableEnded || input.destroyed) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      stop();
      settle();
    };
    const onAbort = (): void => finish(() => resolve(undefined));
    const stop = collectPastes(
      { input, key },
      {
        pasted(text) {
          const whole = readPasted(text, options);
          // A line end is inside an address that was wrapped, or between two that came at once.
          const lines = text.split(/[\r\n]+/).map((line) => readPasted(line, options));
          const read = [whole, ...lines].find(({ kind }) => kind !== 'refused') ?? whole;
          if (read.kind === 'refused') refuse(read.message);
          else finish(() => resolve(read.url));
        },
        ended: onAbort,
        pressed: () => finish(() => resolve('key')),
        interrupted: () =>
          finish(() => reject(new McpctlError('CANCELLED', 'Cancelled while the sign-in was waited for.'))),
      },
    );
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

interface PasteEvents {
  pasted(text: string): void;
  ended(): void;
  pressed(): void;
  interrupted(): void;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
/** A long address arrives in pieces, and wrapped ones have line ends inside: the end is where nothing follows. */
const QUIET_MS = 150;
const MAX_LENGTH = 64 * 1024;

/** Hands out each text that was confirmed with Enter. Returns what puts the input back as it was. */
function collectPastes(
  { input, key }: { input: PasteOptions['input']; key: string | undefined },
  events: PasteEvents,
): () => void {
  const decoder = new StringDecoder('utf8');
  const isTerminal = input.isTTY === true && input.setRawMode !== undefined;
  let text = '';
  let quiet: NodeJS.Timeout | undefined;

  const flush = (): void => {
    const pasted = text;
    text = '';
    if (pasted.trim() !== '') events.pasted(pasted);
  };
  const onData = (chunk: Buffer | string): void => {
    const given = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    clearTimeout(quiet);
    const meant = isTerminal ? meaningOf(given, text === '' ? key : undefined) : undefined;
    if (meant !== undefined) events[meant]();
    else {
      text = isTerminal ? typed(text + given) : text + given;
      if (text.length > MAX_LENGTH) flush();
      else if (/[\r\n]/.test(text)) quiet = setTimeout(flush, QUIET_MS);
    }
  };
  const onEnd = (): void => {
    flush();
    events.ended();
  };

  if (isTerminal) input.setRawMode?.(true);
  input.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', onEnd);
  // A question that was asked before left it paused.
  input.resume();
  return () => {
    clearTimeout(quiet);
    input.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onEnd);
    if (isTerminal) input.setRawMode?.(false);
    input.pause();
  };
}

/** What a terminal in raw mode leaves to us, beside text. */
function meaningOf(given: string, key: string | undefined): 'interrupted' | 'ended' | 'pressed' | undefined {
  if (given.includes(CTRL_C)) return 'interrupted';
  if (given.includes(CTRL_D)) return 'ended';
  return given === key ? 'pressed' : undefined;
}

/** Applies the erase key, which the terminal itself leaves alone in raw mode. */
function typed(text: string): string {
  let kept = '';
  for (const character of text) {
    kept = character === '\u007f' || character === '\b' ? kept.slice(0, -1) : kept + character;
  }
  return kept;
}
