import type { Style } from '../platform/style.ts';

export interface FileDiff {
  /** As it should stand in the head of the diff. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Hides secrets in what is printed, see `createConcealer`. */
  readonly conceal?: (text: string) => string;
}

/**
 * A unified diff with three lines of context, as `patch` takes it; empty when nothing differs. White space that
 * would be invisible (a carriage return, a byte order mark) is shown when a line differs in nothing else.
 */
export async function unifiedDiff(
  { path, before, after, conceal = (text) => text }: FileDiff,
  style?: Style,
): Promise<string> {
  if (before === after) return '';
  const { structuredPatch } = await import('diff');
  const { hunks } = structuredPatch(path, path, before, after, '', '', { context: 3 });
  const lines = [`--- ${before === '' ? '/dev/null' : path}`, `+++ ${after === '' ? '/dev/null' : path}`].map(
    (line) => (style ? style.bold(line) : line),
  );
  for (const hunk of hunks) {
    const start = hunk.oldLines === 0 ? hunk.oldStart - 1 : hunk.oldStart;
    const head = `@@ -${start},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
    lines.push(style ? style.cyan(head) : head);
    lines.push(...hunk.lines.map((line) => paint(conceal(line), style)));
  }
  return lines.join('\n');
}

function paint(line: string, style: Style | undefined): string {
  const shown = visible(line);
  if (!style) return shown;
  if (line.startsWith('+')) return style.green(shown);
  if (line.startsWith('-')) return style.red(shown);
  return line.startsWith('\\') ? style.dim(shown) : shown;
}

/** A file must not be able to move the cursor or hide text in a terminal. */
function visible(line: string): string {
  const changed = line.startsWith('+') || line.startsWith('-');
  const text = changed ? line.replace(/\r$/, '␍') : line.replace(/\r$/, '');
  return text
    .replaceAll('\uFEFF', '<BOM>')
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '�');
}
