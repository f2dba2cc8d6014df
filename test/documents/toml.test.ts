import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../src/documents/document.ts';
import { openToml } from '../../src/documents/toml.ts';

const TOML: Dialect = {
  format: 'toml',
  allowComments: true,
  allowTrailingCommas: true,
  allowByteOrderMark: true,
};
const open = (text: string, dialect = TOML) => openToml(text, dialect, 'config.toml');

const CONFIG = `# my settings
model = "o5" # the big one
big = 9223372036854775807
when = 2026-01-02T03:04:05Z

[mcp_servers.first] # one
command = "npx"
args = [
  "-y", # yes
  "first",
]

# about env
[mcp_servers.first.env]
KEY = 'lit"eral'

# about the second
[mcp_servers.second]
url = "https://second.example/mcp"
text = """
[mcp_servers.fake]
"""

[profiles."a.b"]
x.y = { z = 1 }
`;

describe('adding', () => {
  test('appends a block and leaves every other byte', async () => {
    const text = (await open(CONFIG)).set(['mcp_servers', 'third'], {
      command: 'npx',
      args: ['-y', 'th"ird'],
      env: { A: 'b' },
    });
    expect(text).toBe(
      `${CONFIG}\n[mcp_servers.third]\ncommand = "npx"\nargs = ["-y", "th\\"ird"]\n\n[mcp_servers.third.env]\nA = "b"\n`,
    );
    expect((await open(text)).remove(['mcp_servers', 'third'])).toBe(CONFIG);
  });

  test('starts an empty file, keeps CRLF, and mends a missing final line end', async () => {
    expect((await open('')).set(['mcp_servers', 'a'], { url: 'u' })).toBe('[mcp_servers.a]\nurl = "u"\n');
    expect((await open('a = 1\r\nb = 2')).set(['t', 'x'], { c: true })).toBe(
      'a = 1\r\nb = 2\r\n\r\n[t.x]\r\nc = true\r\n',
    );
  });

  test('puts a single key into its table', async () => {
    const text = (await open(CONFIG)).set(['mcp_servers', 'second', 'enabled'], false);
    expect(text).toBe(CONFIG.replace('fake]\n"""\n', 'fake]\n"""\nenabled = false\n'));
    expect((await open(CONFIG)).set(['top'], 1)).toBe(CONFIG.replace('05Z\n', '05Z\ntop = 1\n'));
    expect((await open('[a]\nb = 1\n')).set(['top'], 1)).toBe('top = 1\n\n[a]\nb = 1\n');
  });

  test('finds a way into inline tables', async () => {
    const text = (await open('mcp_servers = { a = { url = "u" } } # all\n')).set(['mcp_servers', 'b'], {
      url: 'v',
    });
    expect((await open(text)).value).toEqual({ mcp_servers: { a: { url: 'u' }, b: { url: 'v' } } });
  });
});

describe('changing', () => {
  test('one value changes its own characters only', async () => {
    const document = await open(CONFIG);
    expect(document.set(['mcp_servers', 'second', 'url'], 'https://new.example')).toBe(
      CONFIG.replace('https://second.example/mcp', 'https://new.example'),
    );
    expect(document.set(['model'], 'o6')).toBe(CONFIG.replace('"o5"', '"o6"'));
  });

  test('a table is merged key by key', async () => {
    const text = (await open(CONFIG)).set(['mcp_servers', 'first'], {
      command: 'node',
      args: ['-y', 'first'],
      env: { KEY: 'new' },
    });
    expect(text).toBe(CONFIG.replace('"npx"', '"node"').replace(`'lit"eral'`, '"new"'));
  });

  test('the same content changes nothing', async () => {
    const document = await open(CONFIG);
    const same = { text: '[mcp_servers.fake]\n', url: 'https://second.example/mcp' };
    expect(document.set(['mcp_servers', 'second'], same)).toBe(CONFIG);
  });
});

describe('removing', () => {
  test('takes a table with its inner tables, comments above others stay', async () => {
    const text = (await open(CONFIG)).remove(['mcp_servers', 'first']);
    expect(text).toBe(
      CONFIG.slice(0, CONFIG.indexOf('[mcp_servers.first]')) +
        CONFIG.slice(CONFIG.indexOf('# about the second')),
    );
    expect(text).toContain('# about the second\n[mcp_servers.second]');
  });

  test.each([
    ['a.x = 1\na.y = 2\n', ['a', 'x'], 'a.y = 2\n'],
    ['[s]\na = { c = 1 } # a\nb = 2\n', ['s', 'a'], '[s]\nb = 2\n'],
    ['[s.a]\nc = 1\n', ['s', 'a'], ''],
    ['[[l]]\na = 1\n[[l]]\na = 2\n', ['l', 1], '[[l]]\na = 1\n'],
  ])('%j without %j', async (before, path, after) => {
    expect((await open(before)).remove(path)).toBe(after);
  });

  test('takes one out of an inline table', async () => {
    const text = (await open('s = { a = { c = 1 }, b = 2 }\n')).remove(['s', 'a']);
    expect((await open(text)).value).toEqual({ s: { b: 2 } });
  });
});

test('reads values and knows where they stand', async () => {
  const document = await open(CONFIG);
  expect(document.value).toMatchObject({ when: '2026-01-02T03:04:05.000Z', profiles: { 'a.b': {} } });
  expect(document.positionOf(['mcp_servers', 'second', 'url'])).toEqual({ line: 19, column: 7 });
  expect(document.positionOf(['mcp_servers', 'second'], 'key')).toEqual({ line: 18, column: 1 });
  expect(document.positionOf(['gone'])).toBeUndefined();
});

test('refuses what is broken, null, and a byte order mark where its reader fails on it', async () => {
  const broken = await open('a = 1\nb = \n');
  expect(broken.problems).toMatchObject([{ code: 'SYNTAX', line: 2 }]);
  expect(() => broken.set(['c'], 1)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }));
  const fine = await open('a = 1\n');
  expect(() => fine.set(['b'], null)).toThrow(expect.objectContaining({ code: 'DOCUMENT_EDIT_FAILED' }));
  const marked = await open('\uFEFFa = 1\n', { ...TOML, allowByteOrderMark: false });
  expect(marked.problems).toMatchObject([{ code: 'BYTE_ORDER_MARK' }]);
  expect(marked.set(['a'], 2)).toBe('a = 2\n');
  expect((await open('\uFEFFa = 1\n')).set(['a'], 2)).toBe('\uFEFFa = 2\n');
});
