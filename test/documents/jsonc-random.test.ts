import { createScanner, findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { expect, test } from 'vitest';
import { isRecord, type Json } from '../../src/core/json.ts';
import { OWN_DIALECT } from '../../src/documents/dialects.ts';
import { sameContent, valueAt, withoutValue, withValue } from '../../src/documents/equality.ts';
import { openJson } from '../../src/documents/jsonc.ts';
import { parseTolerantJson } from '../../src/documents/tolerant-json.ts';
import { createRandom, type Random } from '../support/random.ts';

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);
const KEYS = ['a', 'b', 'c', 'long-key', 'with "quote"', 'ü', '7', '//', '{', 'constructor'];
const LEAVES: readonly string[] = [
  '"text"',
  '"esc\\u00e9\\n\\"//,}"',
  '12345678901234567890',
  '1.50',
  '-0',
  '1e3',
  'true',
  'null',
  '""',
  '[]',
  '{}',
];

interface Style {
  readonly unit: string;
  readonly lineEnd: string;
  readonly comments: boolean;
  readonly trailing: boolean;
}

/** Random JSON in a random layout, as people and programs write it. */
function write(random: Random): string {
  const style: Style = {
    unit: random.pick(['  ', '    ', '\t', ' ']),
    lineEnd: random.pick(['\n', '\n', '\r\n']),
    comments: random.once(2),
    trailing: random.once(3),
  };
  const layout = random.pick(['block', 'block', 'mixed', 'inline', 'bare'] as const);
  const body = writeObject(random, style, layout, '', 0);
  const mark = random.once(8) ? '\uFEFF' : '';
  return mark + body + random.pick(['', style.lineEnd]);
}

type Layout = 'block' | 'mixed' | 'inline' | 'bare';

function writeObject(random: Random, style: Style, layout: Layout, indent: string, depth: number): string {
  const names = KEYS.filter(() => random.once(3));
  if (names.length === 0) return layout === 'bare' ? '{}' : random.pick(['{}', '{ }']);
  const isInline = layout === 'inline' || layout === 'bare' || (layout === 'mixed' && random.once(2));
  const colon = layout === 'bare' ? ':' : random.pick([': ', ': ', ' : ']);
  const pairs = names.map((name) => {
    const inner = isInline && layout !== 'bare' ? 'inline' : layout;
    const value = writeValue(random, style, inner, indent + style.unit, depth + 1);
    return `${JSON.stringify(name)}${colon}${value}`;
  });
  if (!isInline) return writeLines(random, style, pairs, indent);
  const gap = layout === 'bare' ? '' : ' ';
  return `{${pairs.map((pair) => gap + comment(random, style, '/* # */ ') + pair).join(',')}${gap}}`;
}

function writeLines(random: Random, style: Style, pairs: readonly string[], indent: string): string {
  const line = style.lineEnd + indent + style.unit;
  const lines = pairs.map((pair, index) => {
    const comma = index < pairs.length - 1 || style.trailing ? ',' : '';
    const above = comment(random, style, `${line}// #`);
    return above + line + pair + comment(random, style, ' /* # */') + comma + comment(random, style, ' // #');
  });
  return `{${lines.join('')}${comment(random, style, `${line}// #`)}${style.lineEnd}${indent}}`;
}

/** Now and then a comment, its number its own. */
function comment(random: Random, { comments }: Style, text: string): string {
  return comments && random.once(3) ? text.replace('#', `${random.below(1e9)}`) : '';
}

function writeValue(random: Random, style: Style, layout: Layout, indent: string, depth: number): string {
  if (depth < 4 && random.once(2)) return writeObject(random, style, layout, indent, depth);
  if (random.once(4)) return `[${LEAVES.filter(() => random.once(4)).join(layout === 'bare' ? ',' : ', ')}]`;
  return random.pick(LEAVES);
}

function somePath(random: Random, value: Json): string[] {
  const path: string[] = [];
  let at = value;
  while (isRecord(at) && Object.keys(at).length > 0) {
    const key = random.pick(Object.keys(at));
    path.push(key);
    at = at[key] as Json;
    if (random.once(2)) break;
  }
  return path;
}

/** Tokens with comments, without white space. */
function tokens(text: string): string[] {
  const scanner = createScanner(text.replace(/^\uFEFF/, ''), false);
  const found: string[] = [];
  for (let token: number = scanner.scan(); token !== 17; token = scanner.scan()) {
    if (token !== 14 && token !== 15)
      found.push(text.replace(/^\uFEFF/, '').slice(scanner.getTokenOffset(), scanner.getPosition()));
  }
  return found;
}

/** What is in `all` and not in `part`, when `part` can be had from `all` by leaving tokens out. */
function leftOut(all: readonly string[], part: readonly string[]): string[] | undefined {
  const out: string[] = [];
  let at = 0;
  for (const token of all) {
    if (at < part.length && token === part[at]) at += 1;
    else out.push(token);
  }
  return at === part.length ? out : undefined;
}

const NEW: readonly Json[] = [{ command: 'npx', args: ['-y', 'x'], env: { A: '1' } }, 'new', [], {}, 7];

interface Case {
  readonly text: string;
  readonly path: readonly string[];
  readonly value: Json;
  readonly say: (result?: string) => string;
}

function* cases(): Generator<Case> {
  for (const seed of SEEDS) {
    const random = createRandom(seed);
    const text = write(random);
    const { value, problems } = openJson(text, OWN_DIALECT);
    const path = somePath(random, value);
    const say = (result = ''): string => `seed ${seed}, ${JSON.stringify(path)}\n${text}\n→\n${result}`;
    expect(problems, say()).toEqual([]);
    if (path.length > 0) yield { text, path, value: random.pick(NEW), say };
  }
}

function nodeAt(text: string, path: readonly string[]): Node {
  const root = parseTree(text.replace(/^\uFEFF/, ' '), [], { allowTrailingComma: true });
  const node = root && findNodeAtLocation(root, [...path]);
  if (!node) throw new Error(`nothing at ${path.join('.')}`);
  return node;
}

test('adding adds tokens only, and removing what was added gives the same bytes', () => {
  for (const { text, path, value, say } of cases()) {
    const document = openJson(text, OWN_DIALECT);
    const parent = isRecord(valueAt(document.value, path)) ? path : path.slice(0, -1);
    const place = [...parent, 'brand-new'];

    const added = document.set(place, value);

    expect(sameContent(parseTolerantJson(added), withValue(document.value, place, value)), say(added)).toBe(
      true,
    );
    expect(leftOut(tokens(added), tokens(text)), say(added)).toBeDefined();
    const back = openJson(added, OWN_DIALECT).remove(place);
    expect(back.replaceAll('{ }', '{}'), say(added)).toBe(text.replaceAll('{ }', '{}'));
  }
});

test('replacing leaves every byte before and after the value', () => {
  for (const { text, path, value, say } of cases()) {
    const document = openJson(text, OWN_DIALECT);
    const { offset, length } = nodeAt(text, path);

    const changed = document.set(path, value);

    expect(
      sameContent(parseTolerantJson(changed), withValue(document.value, path, value)),
      say(changed),
    ).toBe(true);
    expect(changed.startsWith(text.slice(0, offset)), say(changed)).toBe(true);
    expect(changed.endsWith(text.slice(offset + length)), say(changed)).toBe(true);
  }
});

test('removing takes the entry, one comma, and no comment but those on its last line', () => {
  for (const { text, path, say } of cases()) {
    const document = openJson(text, OWN_DIALECT);
    const property = nodeAt(text, path).parent;
    if (!property) throw new Error('no property');
    const end = property.offset + property.length;
    const own = text.slice(property.offset, end);
    const restOfLine = /^[^\n]*/.exec(text.slice(end))?.[0] ?? '';

    const removed = document.remove(path);

    expect(sameContent(parseTolerantJson(removed), withoutValue(document.value, path)), say(removed)).toBe(
      true,
    );
    const gone = leftOut(tokens(text), tokens(removed)) ?? ['everything'];
    const foreign = gone.filter(
      (token) => /^\/[/*]/.test(token) && !own.includes(token) && !restOfLine.includes(token),
    );
    expect(foreign, say(removed)).toEqual([]);
    const withoutComments = gone.filter((token) => !/^\/[/*]/.test(token));
    expect(
      withoutComments.length - tokens(own).filter((token) => !/^\/[/*]/.test(token)).length,
      say(removed),
    ).toBeLessThanOrEqual(1);
  }
});
