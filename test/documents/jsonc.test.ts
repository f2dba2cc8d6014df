import { describe, expect, test } from 'vitest';
import { OWN_DIALECT } from '../../src/documents/dialects.ts';
import type { Dialect } from '../../src/documents/document.ts';
import { openJson } from '../../src/documents/jsonc.ts';

const STRICT: Dialect = {
  format: 'json',
  allowComments: false,
  allowTrailingCommas: false,
  allowByteOrderMark: false,
};
const open = (text: string, dialect = OWN_DIALECT) => openJson(text, dialect, 'file.json');
const entry = { command: 'npx', args: ['-y', 'x'] };

describe('adding', () => {
  test('starts an empty file', () => {
    expect(open('').set(['mcpServers', 'a'], { url: 'u' })).toBe(
      '{\n  "mcpServers": {\n    "a": {\n      "url": "u"\n    }\n  }\n}\n',
    );
  });

  test('keeps a comment at the end of the line before, and the tab indent', () => {
    const text = '{\n\t"servers": {\n\t\t"a": {\n\t\t\t"x": 1\n\t\t} // about a\n\t\t// the end\n\t}\n}\n';
    expect(open(text).set(['servers', 'b'], { y: 2 })).toBe(
      '{\n\t"servers": {\n\t\t"a": {\n\t\t\t"x": 1\n\t\t}, // about a\n\t\t"b": {\n\t\t\t"y": 2\n\t\t}\n\t\t// the end\n\t}\n}\n',
    );
  });

  test('follows a trailing comma', () => {
    expect(open('{\n  "a": 1,\n}').set(['b'], 2)).toBe('{\n  "a": 1,\n  "b": 2,\n}');
  });

  test('writes CRLF into a CRLF file', () => {
    const text = open('{\r\n  "s": {\r\n  }\r\n}\r\n').set(['s', 'a'], entry);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({ s: { a: entry } });
  });

  test('stays on one line in a one-line file, with or without spaces', () => {
    expect(open('{"s":{"a":{"x":1}}}').set(['s', 'b'], { y: [1, 2] })).toBe(
      '{"s":{"a":{"x":1},"b":{"y":[1,2]}}}',
    );
    expect(open('{ "s": { "a": 1 } }\n').set(['s', 'b'], { y: [1] })).toBe(
      '{ "s": { "a": 1, "b": { "y": [1] } } }\n',
    );
  });

  test('leaves integers beyond 2^53 as they are written', () => {
    const text = '{\n  "id": 12345678901234567890,\n  "f": 1.50\n}';
    expect(open(text).set(['n'], true)).toBe(
      '{\n  "id": 12345678901234567890,\n  "f": 1.50,\n  "n": true\n}',
    );
  });
});

describe('replacing', () => {
  test('touches only the keys that differ, comments inside an entry stay', () => {
    const text = '{\n  "a": {\n    // why\n    "x": 1, // one\n    "y": 2\n  }\n}';
    expect(open(text).set(['a'], { x: 3, y: 2 })).toBe(text.replace('"x": 1', '"x": 3'));
    expect(open(text).set(['a'], { y: 2, z: 4 })).toBe(
      '{\n  "a": {\n    // why\n    "y": 2,\n    "z": 4\n  }\n}',
    );
  });

  test('returns the very text when nothing differs', () => {
    const text = '{ "a" : {"y":2 , "x":1} }';
    expect(open(text).set(['a'], { x: 1, y: 2 })).toBe(text);
  });
});

describe('removing', () => {
  const text =
    '{\n  // first\n  "a": 1, // about a\n  // second\n  "b": 2, // about b\n  /* third */\n  "c": 3 // about c\n}';
  test.each([
    ['a', '{\n  // first\n  // second\n  "b": 2, // about b\n  /* third */\n  "c": 3 // about c\n}'],
    ['b', '{\n  // first\n  "a": 1, // about a\n  // second\n  /* third */\n  "c": 3 // about c\n}'],
    ['c', '{\n  // first\n  "a": 1, // about a\n  // second\n  "b": 2 // about b\n  /* third */\n}'],
  ])('takes %s with its line and leaves the comments of the others', (key, expected) => {
    expect(open(text).remove([key])).toBe(expected);
  });

  test.each([
    ['{ "a": 1, "b": 2 }', 'a', '{ "b": 2 }'],
    ['{ "a": 1, "b": 2 }', 'b', '{ "a": 1 }'],
    ['{ "a": 1 }', 'a', '{}'],
    ['{\n  "a": 1\n}', 'a', '{}'],
    ['{\n  "a": 1\n  , "b": 2\n}', 'a', '{\n  "b": 2\n}'],
    ['{\n  "a": 1,\n  "b": 2,\n}', 'b', '{\n  "a": 1,\n}'],
    ['{\n  "a": 1,\n  "b": 2 }', 'b', '{\n  "a": 1 }'],
    ['{ /* none */ "a": 1 }', 'a', '{ /* none */  }'],
  ])('%j without %s', (before, key, after) => {
    expect(open(before).remove([key])).toBe(after);
  });

  test('does nothing when there is nothing', () => {
    expect(open('{ "a": 1 }').remove(['b', 'c'])).toBe('{ "a": 1 }');
  });
});

describe('refusing', () => {
  test.each([
    ['{ "a": 1', 'file.json:1:9: close brace expected.'],
    ['[1]', 'file.json:1:1: the file holds an array, not an object.'],
    ['null', 'file.json:1:1: the file holds null, not an object.'],
    ['{\n  "s": null\n}', 'file.json:2:8: s is null, not an object.'],
    ['{ "s": {}, "s": {} }', 'file.json:1:12: the key "s" stands twice.'],
    ['{ "s": 01 }', 'file.json:1:9: comma expected.'],
  ])('%j with place and reason', (text, message) => {
    expect(() => open(text).set(['s', 'a'], 1)).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_INVALID', message }),
    );
  });

  test('comments and trailing commas its reader would not take', () => {
    for (const text of ['{ "a": 1, /* x */ "b": 2 }', '{ "a": [1,] }']) {
      expect(() => open(text, STRICT).set(['c'], 1)).toThrow(
        expect.objectContaining({ code: 'DOCUMENT_INVALID' }),
      );
    }
  });

  test('a key named __proto__', () => {
    expect(() => open('{}').set(['__proto__', 'a'], 1)).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_EDIT_FAILED' }),
    );
  });

  test('a hundred thousand brackets', () => {
    expect(open('['.repeat(100_000)).problems).toMatchObject([{ code: 'SYNTAX' }]);
  });
});

test('keeps a byte order mark where the reader takes it and drops it where not', () => {
  const text = '\uFEFF{ "a": 1 }';
  expect(open(text).set(['b'], 2)).toBe('\uFEFF{ "a": 1, "b": 2 }');
  expect(open(text, STRICT).problems).toEqual([
    { line: 1, column: 1, code: 'BYTE_ORDER_MARK', message: expect.any(String) },
  ]);
  expect(open(text, STRICT).set(['b'], 2)).toBe('{ "a": 1, "b": 2 }');
});

test('reports every problem with its place', () => {
  const text = '{\n  // c\n  "a": [1,],\n  "a": 2,\n  "__proto__": {}\n}';
  expect(open(text, STRICT).problems.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
    'COMMENT 2:3',
    'TRAILING_COMMA 3:10',
    'DUPLICATE_KEY 4:3',
    'UNSAFE_KEY 5:3',
  ]);
});

test('knows where keys and values stand', () => {
  const document = open('{\r\n  "a": {\r\n    "b": [1, 2]\r\n  }\r\n}');
  expect(document.positionOf(['a', 'b'], 'key')).toEqual({ line: 3, column: 5 });
  expect(document.positionOf(['a', 'b'])).toEqual({ line: 3, column: 10 });
  expect(document.positionOf(['a', 'b', 1])).toEqual({ line: 3, column: 14 });
  expect(document.positionOf(['a', 'c'])).toBeUndefined();
});
