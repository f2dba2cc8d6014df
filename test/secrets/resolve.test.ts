import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { McpctlError } from '../../src/core/errors.ts';
import { createResolver, type ResolverOptions } from '../../src/secrets/resolve.ts';
import type { SecretReader } from '../../src/secrets/secret-reader.ts';
import { temporaryFolder } from '../support/cli.ts';

const machine = { env: {}, platform: 'linux', home: '/nowhere' } as const;

async function projectWith(dotenv: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, '.env'), dotenv);
  return folder;
}

function reader(stored: Record<string, string>, asked: string[] = []): () => Promise<SecretReader> {
  return async () => ({
    isListed: async (name) => name in stored,
    get: async (name) => {
      asked.push(name);
      return stored[name];
    },
  });
}

function brokenReader(listed: readonly string[]): () => Promise<SecretReader> {
  return async () => ({
    isListed: async (name) => listed.includes(name),
    get: async () => {
      throw new McpctlError('KEYCHAIN_UNAVAILABLE', 'There is no D-Bus session.');
    },
  });
}

const resolveOne = async (value: string, options: Partial<ResolverOptions> = {}) =>
  await createResolver({ ...machine, ...options }).resolve({ KEY: value });

test('prefers the environment over .env over the keychain', async () => {
  const projectFolder = await projectWith('A=dotenv-a\nB=dotenv-b\n');
  const keychain = reader({ A: 'kept-a', B: 'kept-b', C: 'kept-c' });
  const resolver = createResolver({ ...machine, env: { A: 'env-a' }, projectFolder, keychain });

  const { values } = await resolver.resolve({ A: '${A}', B: '${B}', C: '${C}' });

  expect(values).toEqual({ A: 'env-a', B: 'dotenv-b', C: 'kept-c' });
});

test("for the user's own entry a name the keychain lists wins over .env", async () => {
  const projectFolder = await projectWith('A=dotenv-a\nB=dotenv-b\nC=dotenv-c\n');
  const keychain = reader({ A: 'kept-a', C: 'kept-c', D: 'kept-d' });
  const options = { ...machine, env: { C: 'env-c' }, projectFolder, keychain };
  const asked = { A: '${A}', B: '${B}', C: '${C}', D: '${D}' };

  expect((await createResolver({ ...options, scope: 'user' }).resolve(asked)).values).toEqual({
    A: 'kept-a',
    B: 'dotenv-b',
    C: 'env-c',
    D: 'kept-d',
  });
  expect((await createResolver({ ...options, scope: 'project' }).resolve(asked)).values.A).toBe('dotenv-a');
});

test("for the user's own entry .env never stands in for a listed name that cannot be read", async () => {
  const projectFolder = await projectWith('TOKEN=from-a-clone\nOTHER=fine\n');
  const options = { scope: 'user', projectFolder, keychain: brokenReader(['TOKEN']) } as const;

  await expect(resolveOne('${TOKEN}', options)).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
  expect((await resolveOne('${OTHER}', options)).values.KEY).toBe('fine');
});

test('leaves the keychain alone while the environment and .env have every name', async () => {
  const projectFolder = await projectWith('B=two\n');
  const keychain = async (): Promise<SecretReader> => {
    throw new Error('the keychain was opened');
  };

  const { values } = await createResolver({ ...machine, env: { A: 'one' }, projectFolder, keychain }).resolve(
    {
      A: '${A}',
      B: 'Bearer ${B}',
      C: 'plain',
    },
  );

  expect(values).toEqual({ A: 'one', B: 'Bearer two', C: 'plain' });
});

test('takes the default when nothing has the name, without asking a keychain that does not list it', async () => {
  const asked: string[] = [];

  expect((await resolveOne('${LEVEL:-info}', { keychain: reader({}, asked) })).values.KEY).toBe('info');
  expect((await resolveOne('${LEVEL:-}', { keychain: brokenReader([]) })).values.KEY).toBe('');
  expect((await resolveOne('${LEVEL:-info}', { keychain: reader({ LEVEL: 'debug' }) })).values.KEY).toBe(
    'debug',
  );
  expect(asked).toEqual([]);
});

test('counts an empty value as none', async () => {
  const projectFolder = await projectWith('EMPTY=\n');
  const options = { env: { EMPTY: '' }, projectFolder };

  expect((await resolveOne('${EMPTY:-x}', options)).values.KEY).toBe('x');
  await expect(resolveOne('${EMPTY}', options)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
});

test('names variable, server and command when a value is missing', async () => {
  await expect(resolveOne('${TOKEN}', { server: 'linear', keychain: reader({}) })).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    message: expect.stringMatching(/linear.*TOKEN/),
    hint: 'mcpctl secret set TOKEN',
    data: { name: 'TOKEN', server: 'linear' },
  });
});

test('says why the keychain could not be asked when the value is in no other place', async () => {
  await expect(resolveOne('${TOKEN}', { keychain: brokenReader([]) })).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    message: expect.stringContaining('There is no D-Bus session.'),
    hint: expect.stringContaining('--store env'),
  });
});

test('never falls back to a default for a name the keychain holds but cannot give', async () => {
  for (const value of ['${TOKEN}', '${TOKEN:-weak}']) {
    await expect(resolveOne(value, { keychain: brokenReader(['TOKEN']) })).rejects.toMatchObject({
      code: 'KEYCHAIN_UNAVAILABLE',
    });
  }
});

test('reads ${keychain:name} from the keychain only', async () => {
  const options = { env: { 'my-key': 'wrong' }, keychain: reader({ 'my-key': 'right' }) };

  expect((await resolveOne('${keychain:my-key}', options)).values.KEY).toBe('right');
  await expect(resolveOne('${keychain:other}', options)).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    hint: 'mcpctl secret set other',
  });
});

test('lists what must not be printed, and only that', async () => {
  const env = {
    TOKEN: 'lin_api_123456',
    DATABASE_URL: 'postgres://app:p%40ss-word@db/app',
    HOME: '/home/ada',
  };

  const { secrets } = await createResolver({ ...machine, env }).resolve({
    A: 'Bearer ${TOKEN}',
    B: '${DATABASE_URL}',
    C: '${HOME}/x',
    D: '${LEVEL:-info}',
    E: 'literal',
  });

  expect(secrets).toEqual(['lin_api_123456', env.DATABASE_URL, 'p%40ss-word', 'p@ss-word']);
});

test('hides each line of a key file, but not its armour', async () => {
  const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nshort\n-----END PRIVATE KEY-----\n';

  const { secrets } = await resolveOne('${PEM}', { env: { PEM } });

  expect(secrets).toEqual([PEM, 'MIIEvQIBADANBgkqhkiG9w0B']);
});

test('reads a file only its owner can read, without the trailing newline', async () => {
  const home = await temporaryFolder();
  await mkdir(join(home, 'keys'));
  const path = join(home, 'keys', 'token');
  await writeFile(path, 'file-secret-1\n', { mode: 0o600 });

  expect((await resolveOne(`\${file:${path}}`)).values.KEY).toBe('file-secret-1');
  expect((await resolveOne('${file:~/keys/token}', { home })).values.KEY).toBe('file-secret-1');
  expect((await resolveOne('${file:keys/token}', { projectFolder: home })).values.KEY).toBe('file-secret-1');

  await chmod(path, 0o640);
  await expect(resolveOne(`\${file:${path}}`)).rejects.toMatchObject({
    code: 'SECRET_FILE_UNSAFE',
    message: expect.stringContaining('640'),
    hint: `chmod 600 ${path}`,
  });
  await expect(resolveOne(`\${file:${path}-gone}`)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
});

test('refuses backends it cannot read instead of passing the reference on', async () => {
  for (const reference of ['${aws-sm:prod/token}', '${azure-kv:vault/token}']) {
    await expect(resolveOne(reference, { env: { NAME: 'x' } })).rejects.toMatchObject({
      code: 'SECRET_BACKEND_UNKNOWN',
    });
  }
});

test('reads one variable of a file, by name, and says which file lacks it', async () => {
  const folder = await projectWith('A=first-secret\nB=\n');
  const path = join(folder, '.env');

  const { values, secrets } = await resolveOne(`\${file:${path}#A}`);
  expect({ values, secrets }).toEqual({ values: { KEY: 'first-secret' }, secrets: ['first-secret'] });
  expect((await resolveOne('${file:.env#A}', { projectFolder: folder })).values.KEY).toBe('first-secret');
  for (const reference of [`${path}#B`, `${path}#C`, `${path}-gone#A`]) {
    await expect(resolveOne(`\${file:${reference}}`)).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      message: expect.stringContaining(reference.split('#')[0] ?? ''),
    });
  }
});
