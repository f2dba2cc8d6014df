import { expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { OWN_DIALECT } from '../../src/documents/dialects.ts';
import type { DocumentEdit } from '../../src/documents/document.ts';
import { editInTurn } from '../../src/documents/edits.ts';
import { openJson } from '../../src/documents/jsonc.ts';
import { createRandom, type Random } from '../support/random.ts';

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);
const NAMES = ['linear', 'github', 'a "b"', 'ü', 'constructor', 'sixth'];

/** A client's file in some layout: other content around servers that stand one or two levels deep. */
function write(random: Random): { text: string; parent: string[] } {
  const unit = random.pick(['  ', '    ', '\t']);
  const lineEnd = random.pick(['\n', '\r\n']);
  const isDeep = random.once(3);
  const servers = Object.fromEntries(NAMES.filter(() => random.once(2)).map((name) => [name, entry(random)]));
  const section = random.once(6) ? {} : { mcpServers: servers };
  const value = { first: { a: [1, { b: 2 }] }, ...(isDeep ? { outer: section } : section), last: 'x' };
  const layout = random.pick(['block', 'block', 'block', 'bare', 'comments'] as const);
  const printed = layout === 'bare' ? JSON.stringify(value) : JSON.stringify(value, null, unit);
  const text =
    layout === 'comments'
      ? printed
          .replaceAll(/^(\s*"(?:command|linear|github|a)".*)$/gm, '$1 // why')
          .replace('{', '{ /* top */')
      : printed;
  return { text: text.replaceAll('\n', lineEnd), parent: isDeep ? ['outer', 'mcpServers'] : ['mcpServers'] };
}

function entry(random: Random): Json {
  return {
    command: random.pick(['node', 'npx']),
    args: random.once(2) ? [] : ['-y', 'server'],
    ...(random.once(2) && { env: { KEY: random.pick(['${KEY}', 'b']) } }),
  };
}

test.each(SEEDS)('several edits at once come out as one after the other (seed %i)', (seed) => {
  const random = createRandom(seed);
  const { text, parent } = write(random);
  const names = NAMES.filter(() => random.once(2));
  const edits: DocumentEdit[] = names.map((name) => ({
    path: [...parent, name],
    value: random.once(3) ? undefined : entry(random),
  }));
  const open = (next: string) => openJson(next, OWN_DIALECT, 'the file');

  expect(open(text).edit(edits)).toBe(editInTurn(open(text), edits, open));
});

test('refuses a doubled server with the line it stands on in the whole file', () => {
  const text = '{\n  "a": 1,\n  "mcpServers": {\n    "x": {},\n    "y": {},\n    "x": {}\n  }\n}\n';
  const edits = ['y', 'x'].map((name) => ({ path: ['mcpServers', name], value: { command: 'node' } }));

  expect(() => openJson(text, OWN_DIALECT, 'the file').edit(edits)).toThrow('the file:6:5');
});

test('five edits of a large file take little longer than one', () => {
  const history = Array.from({ length: 20_000 }, (_, index) => ({
    id: index,
    text: 'what was said',
    ok: true,
  }));
  const text = `${JSON.stringify({ history, mcpServers: { old: { command: 'node' } } }, null, 2)}\n`;
  const edits = NAMES.map((name) => ({ path: ['mcpServers', name], value: { command: name } }));
  const time = (part: typeof edits): number => {
    const document = openJson(text, OWN_DIALECT);
    void document.value;
    const begun = process.cpuUsage();
    document.edit(part);
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  };
  time(edits);

  // One after the other each parses twice more, which makes it over ten times as long.
  expect(time(edits)).toBeLessThan(5 * time(edits.slice(0, 1)));
});
