import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/app/manifest.ts';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

/** `mcpctl` where a command is quoted: at the start of a text, or after a colon. */
const MENTION = /(?:['"`]|: |, or )mcpctl ([a-z-]+)/g;

/** What follows in sentences that begin with the program's name. */
const NO_COMMANDS: ReadonlySet<string> = new Set(
  '--help cannot does failed keeps keychain or renews runs sends settings subject then'.split(' '),
);

test('every command a message tells people to type exists', async () => {
  const known = new Set(COMMANDS.map(({ name }) => name.split(' ')[0]));
  const files = (await readdir(SOURCE, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(SOURCE, file), 'utf8');
      return [...text.matchAll(MENTION)].map(([, word = '']) => ({ file, word }));
    }),
  );
  const mentions = found.flat();

  expect(mentions.length).toBeGreaterThan(50);
  expect(mentions.filter(({ word }) => !known.has(word) && !NO_COMMANDS.has(word))).toEqual([]);
});
