import { describe, expect, test } from 'vitest';
import { McpctlError } from '../../src/core/errors.ts';
import type { ConfigDocument, Dialect } from '../../src/documents/document.ts';
import { sameContent, withoutValue, withValue } from '../../src/documents/equality.ts';
import { openDocument } from '../../src/documents/open.ts';
import { corrupt } from '../support/corrupt.ts';
import { createRandom } from '../support/random.ts';

const tolerant = { allowComments: true, allowTrailingCommas: true, allowByteOrderMark: true };

const JSONC = `{
  // mine
  "theme": "dark",
  "mcpServers": {
    "one": { "command": "npx", "args": ["-y", "one@1.0.0"], "env": { "A": "\${A}" } }, // first
    /* second */
    "two": {
      "url": "https://two.example/mcp",
    },
  },
  "big": 12345678901234567890
}
`;
const TOML = `# mine
model = "o5"
when = 2026-01-02T03:04:05Z

[mcpServers.one]
command = "npx"
args = ["-y", "one"] # first

[mcpServers.one.env]
A = 'b'

[mcpServers.two]
url = """
https://two.example/mcp"""
`;
const YAML = `# mine
model: o5
mcpServers:
  one: # first
    cmd: npx
    args: [-y, one]
    envs: { A: 'b' }
  two:
    uri: >-
      https://two.example
other: |
  text
`;

const FORMATS: readonly (readonly [string, string, Dialect])[] = [
  ['jsonc', JSONC, { format: 'jsonc', ...tolerant }],
  [
    'json',
    JSON.stringify({ a: 1, mcpServers: { one: { command: 'x' } } }, null, 2),
    {
      format: 'json',
      allowComments: false,
      allowTrailingCommas: false,
      allowByteOrderMark: false,
    },
  ],
  ['toml', TOML, { format: 'toml', ...tolerant }],
  ['yaml', YAML, { format: 'yaml', ...tolerant }],
];

/** The new text, or undefined when the edit was refused with a code; anything else fails the test. */
function attempt(edit: () => string, say: string): string | undefined {
  try {
    return edit();
  } catch (error) {
    expect(error, say).toBeInstanceOf(McpctlError);
    expect(['DOCUMENT_INVALID', 'DOCUMENT_EDIT_FAILED'], say).toContain((error as McpctlError).code);
    return undefined;
  }
}

describe.each(FORMATS)('500 random corruptions of %s', (_, fixture, dialect) => {
  test('never crash, and an edit keeps everything that could be read', async () => {
    let edited = 0;
    let refused = 0;
    for (let seed = 1; seed <= 500; seed += 1) {
      const text = corrupt(fixture, createRandom(seed)).toString('utf8');
      const say = `seed ${seed}\n${text.slice(0, 600)}`;
      const document: ConfigDocument = await openDocument(text, dialect, 'f');
      const entry = { command: 'npx', args: ['new'] };
      const added = attempt(() => document.set(['mcpServers', 'new'], entry), say);
      const removed = attempt(() => document.remove(['mcpServers', 'one']), say);
      if (added === undefined) refused += 1;
      else {
        edited += 1;
        const { value } = await openDocument(added, dialect);
        expect(sameContent(value, withValue(document.value, ['mcpServers', 'new'], entry)), say).toBe(true);
      }
      if (removed === undefined) continue;
      const { value } = await openDocument(removed, dialect);
      const expected = withoutValue(document.value, ['mcpServers', 'one']);
      const pruned = withoutValue(expected, ['mcpServers']);
      expect(sameContent(value, expected) || sameContent(value, pruned), say).toBe(true);
      for (const problem of document.problems) {
        expect(problem, say).toMatchObject({ line: expect.any(Number), message: expect.stringMatching(/./) });
      }
    }
    // Both ways were taken, or the corruptions prove nothing.
    expect(Math.min(edited, refused)).toBeGreaterThan(20);
  });
});
