import type { Output } from '../platform/output.ts';

export interface ProgressLine {
  /** Replaces the line; longer text is cut. */
  show(text: string): void;
  clear(): void;
}

/** One changing line on stderr in a terminal; nothing elsewhere, with `--json` or with `--quiet`. */
export function progressLine({ stderr, style, json, quiet }: Output): ProgressLine {
  if (!stderr.isTTY || json || quiet) return { show: () => {}, clear: () => {} };
  const room = (stderr.columns ?? 80) - 1;
  return {
    show(text) {
      stderr.write(`\r\u001b[2K${style.dim(text.slice(0, room))}`);
    },
    clear: () => void stderr.write('\r\u001b[2K'),
  };
}
