import { expect, test } from 'vitest';
import { createToolFinder } from '../../../src/gateway/hub/search/tool-finder.ts';

const post = { name: 'post_note', description: 'Post a note', inputSchema: { type: 'object' } };
const listed = ['one', 'two'].map((server) => ({ server, shown: `${server}__post_note`, tool: post }));

test.each([
  { down: 'one', first: 'two' },
  { down: 'two', first: 'one' },
])('of equal tools those of a server that works come first, $first before $down', ({ down, first }) => {
  const finder = createToolFinder(listed, (server) => server);

  const { match, tools } = finder.find('post a note', { limit: 5, isDown: (server) => server === down });

  expect(match).toBe(true);
  expect(tools.map((found) => found.listed.server)).toEqual([first, down]);
});

test('what a user said of a tool counts', () => {
  const said = { server: 'two', tool: 'post_note', task: 'post a note', isRight: true };
  const wrong = { ...said, server: 'one', isRight: false };
  const first = (all: readonly (typeof said)[]): unknown =>
    createToolFinder(listed, (server) => server, all).find('post a note', { limit: 1, isDown: () => false })
      .tools[0]?.listed.server;

  expect([first([]), first([said]), first([wrong])]).toEqual(['one', 'two', 'two']);
});

test('the tool of each step of a task comes first, and nothing twice', () => {
  const read = { name: 'read_file', description: 'Read a file', inputSchema: { type: 'object' } };
  const all = [...listed, { server: 'files', shown: 'files__read_file', tool: read }];
  const finder = createToolFinder(all, (server) => server);

  const { tools, steps } = finder.find('read the file, then post a note', { limit: 5, isDown: () => false });

  expect(steps.map((step) => step.listed.shown)).toEqual(['files__read_file', 'one__post_note']);
  expect(tools.map((found) => found.listed.shown).slice(0, 2)).toEqual([
    'files__read_file',
    'one__post_note',
  ]);
  expect(new Set(tools.map((found) => found.listed)).size).toBe(tools.length);
});
