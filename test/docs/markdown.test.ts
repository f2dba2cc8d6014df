import { lexer, type Token } from 'marked';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../src/docs/markdown.ts';
import { serverPage } from '../../src/docs/server-page.ts';
import { guidesOf } from '../../src/docs/tool-guides.ts';
import { withoutAnswers } from '../../src/docs/without-answers.ts';
import { HOSTILE_TEXTS, hostileServer } from '../support/documentation.ts';

/** What a Markdown parser finds, with everything inside of it, but for plain text. */
function tokensOf(markdown: string): Token[] {
  const found: Token[] = [];
  const visit = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      found.push(token);
      if ('tokens' in token && token.tokens) visit(token.tokens);
      if (token.type === 'list') for (const item of token.items) visit(item.tokens);
      if (token.type === 'table')
        for (const cell of [...token.header, ...token.rows.flat()]) visit(cell.tokens);
    }
  };
  visit(lexer(markdown, { gfm: true }));
  return found;
}

/** An address that is shown as it is, which many programs make a link by themselves. */
const isPlainAddress = (token: Token): boolean =>
  token.type === 'link' && token.href === token.text && /^https?:/.test(token.href);

const shape = (tokens: readonly Token[]): string[] =>
  tokens
    .filter((token) => !isPlainAddress(token))
    .filter(
      ({ type }) => !['text', 'escape', 'space', 'br', 'paragraph', 'codespan', 'strong'].includes(type),
    )
    .map(
      (token) =>
        `${token.type}${token.type === 'heading' ? token.depth : ''}${token.type === 'table' ? token.rows.length : ''}`,
    );

const PLAIN = shape(tokensOf(renderMarkdown(serverPage(hostileServer('plain')))));

describe.each(HOSTILE_TEXTS)('%j', (text) => {
  const markdown = renderMarkdown(serverPage(hostileServer(text)));
  const tokens = tokensOf(markdown);

  test('changes nothing in what a page is made of', () => {
    expect(shape(tokens)).toEqual(PLAIN);
  });

  test('leads to no hidden place, and opens no HTML but the mark of an answer', () => {
    const links = tokens.filter((token) => /^(link|image)$/.test(token.type) && !isPlainAddress(token));
    for (const link of links) expect('href' in link && link.href).toMatch(/^#/);
    const html = tokens.filter(({ type }) => type === 'html').map(({ raw }) => raw.trim());
    expect(html).toEqual(['<!-- answer -->']);
  });

  test('shows what would be hidden', () => {
    expect(markdown.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  test('keeps guides apart, each in a file of its own below the folder of its server', () => {
    const guides = guidesOf(hostileServer(text));

    expect(guides).toHaveLength(3);
    expect(new Set(guides.map(({ path }) => path.toLowerCase())).size).toBe(3);
    for (const { path } of guides) expect(path).toMatch(/^hostile\/[A-Za-z0-9_][A-Za-z0-9_.-]*\.md$/);
  });

  test('hides nothing from a comparison as an answer', () => {
    const server = hostileServer(text);
    const other = {
      ...server,
      examples: server.examples.map((one) => ({ ...one, answer: 'another answer' })),
    };
    const changed = { ...server, instructions: `${text} and more` };
    const bare = (of: typeof server): string => withoutAnswers(renderMarkdown(serverPage(of)), 'markdown');

    expect(bare(other)).toBe(bare(server));
    expect(bare(changed)).not.toBe(bare(server));
  });
});

test('links of the list of tools lead to their headings', () => {
  const markdown = renderMarkdown(serverPage({ ...hostileServer('list_units'), title: 'Units' }));

  expect(markdown).toContain('[`list_units`](#list_units)');
  expect(markdown).toContain('### `list_units`');
});

test('line breaks of a description stay, and words with underscores stay readable', () => {
  expect(renderMarkdown([{ kind: 'prose', text: 'Finds list_units:\n- one\n- *two*\n\nAnd 1. more' }])).toBe(
    'Finds list_units:\\\n\\- one\\\n\\- \\*two\\*\n\nAnd 1. more\n',
  );
});
