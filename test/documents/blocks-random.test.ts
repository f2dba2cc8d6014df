import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { Dialect } from '../../src/documents/document.ts';
import { sameContent, withValue } from '../../src/documents/equality.ts';
import { openDocument } from '../../src/documents/open.ts';
import { createRandom, type Random } from '../support/random.ts';

const tolerant = { allowComments: true, allowTrailingCommas: true, allowByteOrderMark: true };
const WORDS = [
  'plain',
  'a: b',
  '# no comment',
  '"quoted"',
  "it's",
  '',
  ' spaced ',
  'ünï',
  'C:\\x',
  '{}',
  'true',
  '1.0',
  'line\nbreak',
  '[x]',
  '- y',
];

function someValue(random: Random, depth = 0): Json {
  if (depth < 2 && random.once(3)) {
    const keys = ['command', 'key with space', 'a.b', 'env', '7'].filter(() => random.once(2));
    return Object.fromEntries(keys.map((key) => [key, someValue(random, depth + 1)]));
  }
  if (random.once(4)) return Array.from({ length: random.below(4) }, () => random.pick(WORDS));
  return random.pick<Json>([...WORDS, 42, -1.5, true, false]);
}

const TOML = [
  '# top\nmodel = "x" # why\n\n# about one\n[s.one]\ncommand = "npx"\nargs = [\n  "a", # first\n  "b",\n]\n\n[s.one.env]\nA = \'b\'\n\n[other]\nz = 1979-05-27\n',
  'a = 1\n[s]\none.command = "x"\none.args = []\n[[list]]\nn = 1\n[[list]]\nn = 2\n',
  '[s."quoted key"]\n"x y" = """\n[s.fake]\n"""\n[s.one]\ncommand=\'x\'',
];
const YAML = [
  '# top\nmodel: x   # why\n\ns:\n  # about one\n  one:\n      command: npx   # deep indent\n      args: [ a,  "b" ]\n\n  two:\n      text: |\n        [s]\n        # not a comment\n\n# about other\nother: 0300\n',
  's:\n    one: { command: x, env: {A: b} }\nlist:\n- n: 1\n- n: 2\n',
  's:\n  one:\n    command: >-\n      folded\n      text',
];

describe.each([
  ['toml', TOML],
  ['yaml', YAML],
] as const)('random edits of %s', (format, fixtures) => {
  const dialect: Dialect = { format, ...tolerant };

  test('add and replace what was meant, keep every other line, and undo to the same bytes', async () => {
    for (let seed = 1; seed <= 150; seed += 1) {
      const random = createRandom(seed);
      const plain = random.pick<string>(fixtures);
      const text =
        (random.once(4) ? '\uFEFF' : '') + (random.once(3) ? plain.replaceAll('\n', '\r\n') : plain);
      const say = `seed ${seed}\n${text}`;
      const document = await openDocument(text, dialect, 'f');
      const value = { command: 'npx', extra: someValue(random) };

      const added = document.set(['s', 'brand-new'], value);
      const reopened = await openDocument(added, dialect);
      expect(
        sameContent(reopened.value, withValue(document.value, ['s', 'brand-new'], value)),
        `${say}\n→\n${added}`,
      ).toBe(true);
      const lines = added.split(/\r?\n/);
      const kept = text.split(/\r?\n/).every((line) => {
        const at = lines.indexOf(line);
        return at !== -1 && lines.splice(0, at + 1).length > 0;
      });
      expect(kept, `${say}\n→\n${added}`).toBe(true);
      expect(reopened.remove(['s', 'brand-new']).trimEnd(), `${say}\n→\n${added}`).toBe(text.trimEnd());

      const next = someValue(random, 2);
      const path = random.pick([['s', 'one', 'command'], ['other'], ['s', 'one', 'args']]);
      const changed = document.set(path, next);
      const { value: now } = await openDocument(changed, dialect);
      expect(sameContent(now, withValue(document.value, path, next)), `${say}\n→\n${changed}`).toBe(true);
      if (changed.includes('\r\n')) expect(changed.replaceAll('\r\n', '').includes('\n'), say).toBe(false);
    }
  });
});
