import { createHash } from 'node:crypto';
import { withHiddenShown } from '../core/hidden-characters.ts';
import { escapeHtml } from '../core/html-text.ts';
import type { Block, Inline, Text } from './blocks.ts';
import { STYLE } from './html-style.ts';

/**
 * Blocks as one HTML file that needs nothing else: no script, no picture, no font, and a policy that lets nothing be
 * loaded. Its tables scroll by themselves where the window is narrow.
 */
export function renderHtml(title: string, blocks: readonly Block[]): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const [first, ...rest] = blocks;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#content">Skip to the content</a>',
    navigation(blocks),
    '<main id="content">',
    ...(first ? [renderBlock(first)] : []),
    ...rest.map(renderBlock),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Parts and what stands in them, as links. */
function navigation(blocks: readonly Block[]): string {
  const items = blocks.flatMap((block) =>
    block.kind === 'heading' && (block.level === 2 || block.level === 3)
      ? [`<li class="of-${block.level}"><a href="#${escapeHtml(block.id)}">${plain(block.text)}</a></li>`]
      : [],
  );
  return `<nav aria-label="On this page"><ul>\n${items.join('\n')}\n</ul></nav>`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading': {
      const { level, id, text } = block;
      return `<h${level} id="${escapeHtml(id)}">${inlines(text)}</h${level}>`;
    }
    case 'paragraph':
      return `<p>${inlines(block.text)}</p>`;
    case 'prose':
      return proseOf(block.text);
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${inlines(item)}</li>`).join('\n')}\n</ul>`;
    case 'code': {
      const name = block.isAnswer ? 'answer' : 'code';
      // What scrolls has to be reachable by keyboard.
      return `<pre class="${name}" tabindex="0"><code>${escaped(lineEnds(block.text).replace(/\n+$/, ''))}</code></pre>`;
    }
    case 'table':
      return tableOf(block);
  }
}

function tableOf({ label, head, rows }: Extract<Block, { kind: 'table' }>): string {
  const cell = (text: Text, index: number): string =>
    index === 0 ? `<th scope="row">${inlines(text)}</th>` : `<td>${inlines(text)}</td>`;
  return [
    `<div class="table" role="region" aria-label="${escaped(label)}" tabindex="0"><table>`,
    ...(head.every((text) => text === '') ? [] : [headOf(head)]),
    '<tbody>',
    ...rows.map((cells) => `<tr>${cells.map(cell).join('')}</tr>`),
    '</tbody></table></div>',
  ].join('\n');
}

function headOf(head: readonly string[]): string {
  const cells = head.map((text) => (text === '' ? '<td></td>' : `<th scope="col">${escaped(text)}</th>`));
  return `<thead><tr>${cells.join('')}</tr></thead>`;
}

function proseOf(text: string): string {
  const paragraphs = lineEnds(text)
    .split(/\n[^\S\n]*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return paragraphs.map((part) => `<p class="prose">${escaped(part)}</p>`).join('\n');
}

function inlines(text: Text): string {
  return text.map(inline).join('');
}

function inline(piece: Inline): string {
  if (typeof piece === 'string') return escaped(piece);
  if ('strong' in piece) return `<strong>${escaped(piece.strong)}</strong>`;
  if ('code' in piece) return `<code>${escaped(piece.code)}</code>`;
  return `<a href="#${escapeHtml(piece.to)}"><code>${escaped(piece.text)}</code></a>`;
}

function plain(text: Text): string {
  return text
    .map((piece) => escaped(typeof piece === 'string' ? piece : (Object.values(piece)[0] ?? '')))
    .join('');
}

function escaped(text: string): string {
  return escapeHtml(withHiddenShown(text));
}

function lineEnds(text: string): string {
  return text.replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n');
}
