import { describe, expect, test } from 'vitest';
import type { Prompt } from '../../src/platform/prompt.ts';
import { askFor } from '../../src/servers/add/answers.ts';
import { bareSpec, type Spec } from '../../src/servers/spec.ts';

const asked: string[] = [];

/** Answers every question alike and notes how it was asked. */
function prompt(canAsk: boolean): Prompt {
  const answer = async (kind: string, { message }: { message: string }, value: string): Promise<string> => {
    asked.push(`${kind}: ${message}`);
    return value;
  };
  return {
    canAsk,
    confirm: async () => true,
    text: (question) => answer('text', question, 'typed'),
    password: (question) => answer('password', question, 's3cret-value'),
    select: async ({ choices }) => choices[0]?.value as never,
    checkbox: async () => [],
    search: async ({ source }) => (await source(''))[0]?.value as never,
  };
}

const SPEC: Spec = {
  ...bareSpec('thing', { type: 'remote', url: 'https://{account}.example/mcp' }),
  headers: { Authorization: 'Bearer ${TOKEN}', 'X-User': '${USER_ID}' },
  variables: [
    { name: 'TOKEN', secret: true, required: true, where: 'Settings, keys.' },
    { name: 'USER_ID', secret: false, required: true },
    { name: 'OTHER', secret: true, required: false },
  ],
  blanks: { account: { description: 'Your account.' } },
};

function ask(spec: Spec, changes: Partial<Parameters<typeof askFor>[1]> = {}) {
  asked.length = 0;
  return askFor(spec, {
    prompt: prompt(true),
    given: {},
    isSet: async () => false,
    needsAll: true,
    cwd: '/work',
    home: '/home/me',
    ...changes,
  });
}

test('asks for secrets without echo and keeps them apart from the entry', async () => {
  const answers = await ask(SPEC);

  expect(answers.secrets).toMatchObject([{ variable: { name: 'TOKEN' }, value: 's3cret-value' }]);
  expect(answers.spec.headers).toEqual({ Authorization: 'Bearer ${TOKEN}', 'X-User': 'typed' });
  expect(answers.spec.wanted).toMatchObject({ url: 'https://typed.example/mcp' });
  expect(asked).toHaveLength(3);
  expect(asked[1]).toMatch(/^password: .*Settings, keys\./);
});

test('keeps name and password of the Basic scheme in base64, and what is encoded as it is', async () => {
  const spec: Spec = {
    ...bareSpec('thing', { type: 'remote', url: 'https://a.example/mcp' }),
    headers: { Authorization: 'Basic ${BOTH}' },
    variables: [{ name: 'BOTH', secret: true, required: true, basic: true }],
  };
  const typing = (value: string) => ({ prompt: { ...prompt(true), password: async () => value } });
  const encoded = Buffer.from('me@example.com:key').toString('base64');

  expect((await ask(spec, typing('me@example.com:key'))).secrets).toMatchObject([{ value: encoded }]);
  expect((await ask(spec, typing(encoded))).secrets).toMatchObject([{ value: encoded }]);
});

test('asks nothing that is known', async () => {
  const answers = await ask(SPEC, { isSet: async () => true, given: { account: ['acme'] } });

  expect(asked).toEqual([]);
  expect(answers).toMatchObject({
    secrets: [],
    missing: [],
    spec: { wanted: { url: 'https://acme.example/mcp' } },
  });
});

describe('where nobody can be asked', () => {
  const silent = { prompt: prompt(false), given: { account: ['acme'], USER_ID: ['me'] } };

  test('a missing secret is an error that names the command to store it', async () => {
    await expect(ask(SPEC, silent)).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      hint: expect.stringContaining('mcpctl secret set TOKEN'),
    });
  });

  test('it may come later when the server is not started', async () => {
    const { missing } = await ask(SPEC, { ...silent, needsAll: false });

    expect(missing).toMatchObject([{ name: 'TOKEN' }]);
  });

  test('a missing setting names its flag, and a wrong one what is right', async () => {
    await expect(ask(SPEC, { prompt: prompt(false) })).rejects.toMatchObject({
      code: 'VALUE_MISSING',
      hint: expect.stringContaining('--set account='),
    });
    const choosy = { ...SPEC, blanks: { account: { description: 'Which.', choices: ['eu', 'us'] } } };
    await expect(ask(choosy, silent)).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('eu, us'),
    });
  });
});

test('makes paths independent of where add was typed', async () => {
  const spec = { ...SPEC, args: ['{folder}'], blanks: { folder: { description: 'Folders.', many: true } } };
  const { spec: filled } = await ask(spec, {
    given: { folder: ['.', '~/notes', '/abs'] },
    isSet: async () => true,
  });

  expect(filled.args).toEqual(['/work', '/home/me/notes', '/abs']);
});
