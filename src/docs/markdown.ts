import { withHiddenShown } from '../core/hidden-characters.ts';
import type { Block, Inline, Text } from './blocks.ts';

/** Stands before what a call answered; nothing a server says can look like it outside of code. */
export const ANSWER_MARK = '<!-- answer -->';

/**
 * Blocks as Markdown (CommonMark with tables). Whatever a server says stays text: it can open no HTML, link, heading,
 * table cell or code block, and its hidden characters are written out.
 */
export function renderMarkdown(blocks: readonly Block[]): string {
  const anchors = anchorsOf(blocks);
  return `${blocks.map((block) => renderBlock(block, anchors)).join('\n\n')}\n`;
}

type Anchors = ReadonlyMap<string, string>;

function renderBlock(block: Block, anchors: Anchors): string {
  switch (block.kind) {
    case 'heading':
      // Hash signs at the end would be taken for the end of the heading.
      return `${'#'.repeat(block.level)} ${line(block.text, anchors).replace(/#(?=#*$)/g, '\\#')}`;
    case 'paragraph':
      return atLineStart(line(block.text, anchors));
    case 'prose':
      return proseLines(block.text);
    case 'list':
      return block.items.map((item) => `- ${atLineStart(line(item, anchors))}`).join('\n');
    case 'code':
      return `${block.isAnswer ? `${ANSWER_MARK}\n` : ''}${fenced(block.text, block.language)}`;
    case 'table': {
      const rows = block.rows.map((cells) => row(cells.map((cell) => line(cell, anchors, true))));
      return [row(block.head.map(escapeText)), row(block.head.map(() => '---')), ...rows].join('\n');
    }
  }
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function line(text: Text, anchors: Anchors, inTable = false): string {
  return text.map((piece) => inline(piece, anchors, inTable)).join('');
}

function inline(piece: Inline, anchors: Anchors, inTable: boolean): string {
  if (typeof piece === 'string') return escapeText(piece);
  if ('strong' in piece) return piece.strong.trim() === '' ? '' : `**${escapeText(piece.strong.trim())}**`;
  if ('code' in piece) return codeSpan(piece.code, inTable);
  const anchor = anchors.get(piece.to);
  const text = codeSpan(piece.text, inTable);
  return anchor === undefined ? text : `[${text}](#${anchor})`;
}

/** On one line, with every character escaped that could mean something; an underscore within a word means nothing. */
function escapeText(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*[\]<>|~&$]/g, '\\$&')
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_');
}

/** Headings, lists, rules and indented code begin at the start of a line only. */
function atLineStart(text: string): string {
  return text
    .replace(/^\s+/, '')
    .replace(/^(?:[#+=-]|:(?=:))/, '\\$&')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

function proseLines(text: string): string {
  const paragraphs = text.replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n').split(/\n[^\S\n]*\n/);
  return paragraphs
    .map((part) =>
      part
        .split('\n')
        .map((each) => atLineStart(escapeText(each)))
        .filter((each) => each !== '')
        .join('\\\n'),
    )
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Between more backticks than stand in it. */
function codeSpan(code: string, inTable: boolean): string {
  const text = oneLine(code) || ' ';
  const marks = '`'.repeat(longestRun(text) + 1);
  const padding = /^`|`$/.test(text) ? ' ' : '';
  const escaped = inTable ? text.replaceAll('|', '\\|') : text;
  return `${marks}${padding}${escaped}${padding}${marks}`;
}

function fenced(code: string, language: string): string {
  const text = withHiddenShown(code.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')).replace(/\n+$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function oneLine(text: string): string {
  return withHiddenShown(text.replaceAll(/(?:[^\S\uFEFF]|\u0085)+/g, ' '));
}

/** Heading id → the anchor GitHub and most others give it. */
function anchorsOf(blocks: readonly Block[]): Anchors {
  const anchors = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const block of blocks) {
    if (block.kind !== 'heading') continue;
    const slug = block.text
      .map((piece) => (typeof piece === 'string' ? piece : (Object.values(piece)[0] ?? '')))
      .join('')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    anchors.set(block.id, count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}
