import type { Node } from 'jsonc-parser';
import { layoutOf } from './json-print.ts';
import { lineEndOf, lineStart } from './splice.ts';

/** One object of a large file as a small file of its own, laid out as it is there. */
export interface Window {
  readonly text: string;
  /** The key the object has in the small file. */
  readonly key: string;
  /** The large file with the object as it is in `edited`; undefined when more than the object was changed. */
  putBack(edited: string): string | undefined;
}

/**
 * A window on `node`, whose key is `key`, so that edits inside it need not parse the whole file each time. Undefined
 * where the object does not begin on a line of its own with its key: what follows from its place would be lost.
 */
export function windowOn(text: string, node: Node, key: string): Window | undefined {
  const lineEnd = lineEndOf(text);
  const { unit, spaced } = layoutOf(text, lineEnd);
  const line = text.slice(lineStart(text, node.offset), node.offset);
  if (node.type !== 'object' || key === '' || !spaced || !KEY_ALONE.test(line)) return undefined;
  const end = node.offset + node.length;
  // The first object tells how far one level is indented.
  const sample = `${unit}"": {${lineEnd}${unit}${unit}"": 0${lineEnd}${unit}},${lineEnd}`;
  const head = `{${lineEnd}${sample}${line}`;
  const tail = `${lineEnd}}`;
  return {
    text: head + text.slice(node.offset, end) + tail,
    key,
    putBack(edited) {
      if (!edited.startsWith(head) || !edited.endsWith(tail)) return undefined;
      return text.slice(0, node.offset) + edited.slice(head.length, -tail.length) + text.slice(end);
    },
  };
}

const KEY_ALONE = /^[ \t]*"(?:[^"\\]|\\.)*"[ \t]*:[ \t]*$/;
