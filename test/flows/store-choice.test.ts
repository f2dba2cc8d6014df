import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createStoreChoice, type StoreChoice } from '../../src/flows/servers/store-choice.ts';
import { createPaths } from '../../src/platform/paths.ts';
import type { Prompt } from '../../src/platform/prompt.ts';
import { emptyHome, MCPCTL, mcpctlJson } from '../support/cli.ts';
import { startSecretService } from '../support/secret-service.ts';

interface Asked {
  readonly choice: StoreChoice;
  /** Questions that were put. */
  readonly questions: string[];
  readonly home: string;
}

/** A choice whose user answers `says`, or cannot be asked. */
async function choiceFor(says: boolean | 'nobody'): Promise<Asked> {
  const { home, env } = await emptyHome();
  const questions: string[] = [];
  const prompt: Pick<Prompt, 'canAsk' | 'confirm'> = {
    canAsk: says !== 'nobody',
    confirm: async ({ message }) => {
      questions.push(message);
      return says === true;
    },
  };
  const choice = createStoreChoice(
    {
      env,
      platform: 'linux',
      cwd: home,
      paths: createPaths({ platform: 'linux', home, env }),
      program: { version: '0.0.0', node: process.execPath, script: MCPCTL },
      prompt: prompt as Prompt,
      signal: new AbortController().signal,
    },
    { store: 'keychain', folder: home },
  );
  return { choice, questions, home };
}

test('where the keychain works, only the missing key is named', async () => {
  const service = await startSecretService();
  onTestFinished(service.stop);
  const { home, env } = await emptyHome(service.env);

  const { document } = await mcpctlJson(['add', 'brave-search'], { home, env });

  expect(document.error).toMatchObject({
    code: 'SECRET_MISSING',
    message: expect.stringContaining('BRAVE_'),
  });
});

test('without a keychain add stops before it installs, and says what the key was for', async () => {
  const { home, env } = await emptyHome();

  const { status, document } = await mcpctlJson(['add', 'brave-search'], { home, env });

  expect({ status, code: document.error?.code }).toEqual({ status: 5, code: 'KEYCHAIN_UNAVAILABLE' });
  expect(document.error?.message).toContain('brave-search needs BRAVE_API_KEY');
  expect(document.error?.hint).toContain('--store env');
  expect(existsSync(join(home, '.local/share/mcpctl'))).toBe(false);
});

test('offers .env of the folder once where there is no keychain', async () => {
  const { choice, questions, home } = await choiceFor(true);

  await choice.ready('A_KEY');
  await choice.ready('B_KEY');

  expect(choice.store).toBe('env');
  expect(questions).toEqual([expect.stringContaining(`Keep keys in ${home}/.env instead?`)]);
});

test.each([false, 'nobody'] as const)('keeps nothing in .env without a yes (%s)', async (says) => {
  const { choice, questions } = await choiceFor(says);

  await expect(choice.ready('A_KEY')).rejects.toMatchObject({
    code: 'KEYCHAIN_UNAVAILABLE',
    hint: expect.stringContaining('--store env'),
  });
  expect(choice.store).toBe('keychain');
  expect(questions).toHaveLength(says === 'nobody' ? 0 : 1);
});
