import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { StdioTarget } from '../../src/mcp/transport.ts';
import type { Trial } from '../../src/trial/run-trial.ts';
import { temporaryFolder } from '../support/cli.ts';
import { EVERYTHING, MEMORY } from '../support/servers.ts';
import { tryProgram } from '../support/trial.ts';

const FILESYSTEM = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js', import.meta.url),
);

function program(args: readonly string[], env: Record<string, string> = {}): StdioTarget {
  return { kind: 'stdio', command: process.execPath, args, env: { PATH: process.env.PATH ?? '', ...env } };
}

/** Check → what it is about. */
function subjectsOf({ verdicts }: Trial): Record<string, string[]> {
  const found = verdicts.filter(({ problems }) => problems.length > 0);
  return Object.fromEntries(
    found.map(({ id, problems }) => [id, problems.map(({ subject, message }) => subject ?? message)]),
  );
}

// What docs/guides/testing-servers.md lists.

test('finds in server-everything what is truly there, and no more', async () => {
  const trial = await tryProgram(program([EVERYTHING, 'stdio']));

  expect(subjectsOf(trial)).toEqual({
    'prompts-described': ['args-prompt'],
    'environment-leak': ['get-env'],
  });
});

test('finds in server-filesystem what is truly there, and no more', async () => {
  const folder = join(await temporaryFolder(), 'allowed');
  await mkdir(folder);
  await writeFile(join(folder, 'a.txt'), 'apples\n');

  const trial = await tryProgram(program([FILESYSTEM, folder]));

  expect(Object.keys(subjectsOf(trial))).toEqual(['parameters-described']);
  expect(subjectsOf(trial)['parameters-described']).toHaveLength(12);
});

test('finds in server-memory what is truly there, and no more', async () => {
  const file = join(await temporaryFolder(), 'memory.json');

  const trial = await tryProgram(program([MEMORY], { MEMORY_FILE_PATH: file }));

  expect(subjectsOf(trial)).toEqual({
    'parameters-described': [
      'create_entities',
      'create_relations',
      'add_observations',
      'delete_observations',
    ],
  });
});
