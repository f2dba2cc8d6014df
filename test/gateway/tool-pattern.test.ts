import { expect, test } from 'vitest';
import { toolPatterns } from '../../src/calls/tool-pattern.ts';

const subject = { server: 'github', tool: 'create_issue', intent: 'write' } as const;

test.each([
  ['github', true],
  ['github/create_issue', true],
  ['git*/create_*', true],
  ['*/*issue', true],
  ['*/*@write', true],
  ['github@write', true],
  ['*/c*e*i*e', true],
  ['github/create_issue@read', false],
  ['github/create', false],
  ['git/*', false],
  ['github/create_issue*issue', false],
  ['github/Create_Issue', false],
  ['github/create.issue', false],
])('%s fits create_issue of github, a write: %s', (pattern, isFitting) => {
  expect(toolPatterns([pattern]).match(subject)).toBe(isFitting ? pattern : undefined);
});

test('a tool whose name looks like a pattern is a name', () => {
  expect(toolPatterns(['s/a*c']).match({ server: 's', tool: 'a/b@read/c', intent: 'read' })).toBe('s/a*c');
  expect(toolPatterns(['s/x@read']).match({ server: 's', tool: 'x@read', intent: 'write' })).toBeUndefined();
});

test('a pattern of many stars reads a long name once', () => {
  const pattern = `s/${'*a'.repeat(5000)}b`;

  expect(toolPatterns([pattern]).match({ server: 's', tool: 'a'.repeat(100_000), intent: 'read' })).toBe(
    undefined,
  );
});

test('only patterns with an intent need to know it', () => {
  const patterns = toolPatterns(['github/*', 'linear/*@write']);

  expect([patterns.needsIntent('github'), patterns.needsIntent('linear')]).toEqual([false, true]);
});
