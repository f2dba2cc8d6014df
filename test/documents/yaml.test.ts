import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../src/documents/document.ts';
import { openYaml } from '../../src/documents/yaml.ts';

const YAML: Dialect = {
  format: 'yaml',
  allowComments: true,
  allowTrailingCommas: true,
  allowByteOrderMark: true,
};
const open = (text: string) => openYaml(text, YAML, 'config.yaml');

const CONFIG = `# my goose
GOOSE_MODEL: gpt   # the model
mode: 0300
extensions:   # all of them

  first:   # one
    enabled: true
    args: [ -y,  first ]   # flow
    envs:
        KEY: 'it''s'
  # about the second
  second:
    cmd: >-
      folded
      text
    enabled: false

# the end
other: |
  literal
`;

describe('adding', () => {
  test('puts an entry after the last and leaves every other byte', () => {
    const text = open(CONFIG).set(['extensions', 'third'], {
      cmd: 'npx',
      args: ['-y', 'a: b'],
      enabled: true,
    });
    expect(text).toBe(
      CONFIG.replace(
        '    enabled: false\n',
        '    enabled: false\n  third:\n    cmd: npx\n    args:\n      - -y\n      - "a: b"\n    enabled: true\n',
      ),
    );
    expect(open(text).remove(['extensions', 'third'])).toBe(CONFIG);
  });

  test.each([
    ['', 'a:\n  b: 1\n'],
    ['# only\n', '# only\na:\n  b: 1\n'],
    ['a:\n', 'a:\n  b: 1\n'],
    ['a: {}\n', 'a:\n  b: 1\n'],
    ['a: # none\nz: 1\n', 'a:\n  b: 1 # none\nz: 1\n'],
    ['a: { c: 2 }\n', 'a: { c: 2, "b": 1 }\n'],
    ['z: 1', 'z: 1\na:\n  b: 1\n'],
    ['a:\r\n    c: 2\r\n', 'a:\r\n    c: 2\r\n    b: 1\r\n'],
  ])('to %j', (before, after) => {
    const text = open(before).set(['a', 'b'], 1);
    expect(open(text).value).toMatchObject({ a: { b: 1 } });
    expect(text).toBe(after);
  });

  test('to a list', () => {
    const text = open('l:\n  - name: a # one\n    x: 1\nz: 1\n').set(['l', 1], { name: 'b', y: 2 });
    expect(text).toBe('l:\n  - name: a # one\n    x: 1\n  - name: b\n    y: 2\nz: 1\n');
  });
});

describe('changing', () => {
  test('one value changes its own characters only', () => {
    expect(open(CONFIG).set(['GOOSE_MODEL'], 'claude')).toBe(CONFIG.replace('gpt', 'claude'));
    expect(open(CONFIG).set(['extensions', 'first', 'args'], ['x'])).toBe(
      CONFIG.replace('[ -y,  first ]', '["x"]'),
    );
    expect(open(CONFIG).set(['extensions', 'second', 'enabled'], true)).toBe(
      CONFIG.replace('enabled: false', 'enabled: true'),
    );
  });

  test('a mapping is merged key by key', () => {
    const text = open(CONFIG).set(['extensions', 'second'], { cmd: 'new', enabled: false });
    expect(text).toBe(CONFIG.replace('>-\n      folded\n      text\n', 'new\n'));
  });
});

describe('removing', () => {
  test('takes an entry with its lines, comments of others stay', () => {
    const text = open(CONFIG).remove(['extensions', 'first']);
    expect(text).toBe(CONFIG.replace(/ {2}first: [\s\S]*it''s'\n/, ''));
  });

  test.each([
    ['a:\n  b: 1\n', ['a', 'b'], 'a: {}\n'],
    ['a: { b: 1, c: 2 }\n', ['a', 'b'], 'a: { c: 2 }\n'],
    ['a: { b: 1, c: 2 }\n', ['a', 'c'], 'a: { b: 1 }\n'],
    ['l:\n  - a\n  - b\n', ['l', 0], 'l:\n  - b\n'],
    ['l:\n  - x: 1\n    y: 2\n', ['l', 0, 'x'], 'l:\n  - y: 2\n'],
  ])('%j without %j', (before, path, after) => {
    expect(open(before).remove(path)).toBe(after);
  });
});

test.each([
  ['a: [1', 'SYNTAX'],
  ['a: 1\na: 2\n', 'DUPLICATE_KEY'],
  ['- a\n', 'SYNTAX'],
  ['a: 1\n---\nb: 2\n', 'SYNTAX'],
  [
    'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]',
    'SYNTAX',
  ],
])('refuses %j', (text, code) => {
  const document = open(text);
  expect(document.problems).toMatchObject([{ code }]);
  expect(() => document.set(['z'], 1)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }));
});

test('will not remove an anchor others point at', () => {
  expect(() => open('a: &x\n  k: 1\nb: *x\n').remove(['a'])).toThrow(
    expect.objectContaining({ code: 'DOCUMENT_EDIT_FAILED' }),
  );
});

test('knows where keys and values stand', () => {
  expect(open(CONFIG).positionOf(['extensions', 'second', 'enabled'])).toEqual({ line: 16, column: 14 });
  expect(open(CONFIG).positionOf(['extensions', 'second'], 'key')).toEqual({ line: 12, column: 3 });
});
