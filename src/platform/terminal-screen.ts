import type { Readable, Writable } from 'node:stream';
import { keysIn } from './terminal-keys.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A whole terminal, drawn row by row. */
export interface TerminalScreen {
  readonly size: ScreenSize;
  /** Shows these rows from the top; only those that differ from what is there are written. */
  draw(rows: readonly string[]): void;
  /** What is there may be something else: the next time everything is written. */
  forget(): void;
  /** Gives the terminal back as it was. Safe to call again. */
  close(): void;
}

export interface TerminalScreenOptions {
  readonly input: Readable & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly output: Writable & { columns?: number; rows?: number };
  /** Gets the name of each key: `a`, `up`, `enter`, `ctrl-c`. Without a terminal to read from there are none. */
  pressed(key: string): void;
  /** Called when everything has to be drawn again: the size changed, or the process was stopped meanwhile. */
  stale(): void;
}

/** The second screen, no cursor, no wrapping: what is too long must not move the rows below. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
/** Terminals that know it show what is between them at once; others ignore it. */
const [BEGIN, END] = ['\u001b[?2026h', '\u001b[?2026l'];

/** Takes the terminal over until it is closed, also when the process ends by a bug, whose report is then readable. */
export function openTerminalScreen(options: TerminalScreenOptions): TerminalScreen {
  const { input, output, pressed, stale } = options;
  const canRead = input.isTTY === true && input.setRawMode !== undefined;
  let shown: readonly string[] = [];
  let isOpen = false;
  const enter = (): void => {
    isOpen = true;
    shown = [];
    if (canRead) input.setRawMode?.(true);
    output.write(ENTER);
  };
  const leave = (): void => {
    if (!isOpen) return;
    isOpen = false;
    output.write(LEAVE);
    if (canRead) input.setRawMode?.(false);
  };
  const read = (chunk: Buffer): void => {
    for (const key of keysIn(chunk.toString())) {
      if (key === 'ctrl-z' && process.platform !== 'win32') suspend();
      else pressed(key);
    }
  };
  // In raw mode the terminal does not do it.
  const suspend = (): void => {
    leave();
    process.kill(process.pid, 'SIGTSTP');
  };
  const resume = (): void => {
    enter();
    stale();
  };
  const resized = (): void => {
    shown = [];
    output.write('\u001b[2J');
    stale();
  };
  enter();
  output.on('resize', resized);
  process.on('SIGCONT', resume).on('uncaughtExceptionMonitor', leave);
  if (canRead) input.on('data', read).resume();
  return {
    get size() {
      return { columns: output.columns ?? 80, rows: output.rows ?? 24 };
    },
    draw(rows) {
      if (!isOpen) return;
      const changed = rows.flatMap((row, index) =>
        row === shown[index] ? [] : [`\u001b[${index + 1};1H${row}\u001b[0m\u001b[K`],
      );
      shown = [...rows];
      if (changed.length > 0) output.write(BEGIN + changed.join('') + END);
    },
    forget() {
      shown = [];
    },
    close() {
      output.off('resize', resized);
      process.off('SIGCONT', resume).off('uncaughtExceptionMonitor', leave);
      if (canRead) input.off('data', read).pause();
      leave();
    },
  };
}
