import {
  chmod,
  chown,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFileStore } from '../../../src/auth/store/file-store.ts';
import { createKeySource } from '../../../src/auth/store/key-source.ts';
import type { CredentialStore } from '../../../src/auth/store/store.ts';
import type { Prompt } from '../../../src/platform/prompt.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { keepsSignIns } from './store-contract.ts';

const ID = '0123456789abcdef0123456789abcdef';
const OTHER = 'fedcba9876543210fedcba9876543210';
const NOBODY = 65534;

interface Place {
  readonly home: string;
  readonly folder: string;
  readonly record: string;
  readonly keyFile: string;
  /** As a new process would. */
  open(env?: Record<string, string>, typed?: string[]): CredentialStore;
}

async function place(): Promise<Place> {
  const home = await temporaryFolder();
  const folder = join(home, 'data', 'sign-ins');
  const settings = join(home, 'config');
  const open = (env: Record<string, string> = {}, typed?: string[]): CredentialStore => {
    const source = createKeySource({ env, settings, folder, prompt: typing(typed) });
    return createFileStore({ folder, locks: join(home, 'locks'), source });
  };
  return { home, folder, record: join(folder, `${ID}.json`), keyFile: join(settings, 'sign-ins.key'), open };
}

/** A person who types these answers, or nobody. */
function typing(answers?: string[]): Pick<Prompt, 'canAsk'> & Partial<Pick<Prompt, 'password'>> {
  if (!answers) return { canAsk: false };
  const left = [...answers];
  return {
    canAsk: true,
    password: async () => {
      const answer = left.shift();
      if (answer === undefined) throw new Error('asked more often than expected');
      return answer;
    },
  };
}

async function passphraseFile(
  home: string,
  passphrase: string,
  mode = 0o600,
): Promise<Record<string, string>> {
  const path = join(home, `passphrase-${passphrase.length}`);
  await writeFile(path, `${passphrase}\n`, { mode });
  await chmod(path, mode);
  return { MCPCTL_PASSPHRASE_FILE: path };
}

keepsSignIns('encrypted file', async () => {
  const { open } = await place();
  return async () => open();
});

keepsSignIns('encrypted file with a passphrase', async () => {
  const { open, home } = await place();
  const env = await passphraseFile(home, 'correct horse');
  return async () => open(env);
});

test('nothing on the disk shows a value, all of it is for its owner alone, and the key lies elsewhere', async () => {
  const { home, folder, keyFile, open } = await place();
  await open().write(ID, 'canary-value');

  for (const path of await readdir(home, { recursive: true })) {
    const file = join(home, path);
    const { mode } = await stat(file);
    expect((mode & 0o077).toString(8), path).toBe('0');
    if ((await stat(file)).isFile()) expect(await readFile(file, 'utf8')).not.toContain('canary');
  }
  expect((await readdir(folder)).sort()).toEqual([`${ID}.json`, 'key.json']);
  expect(Buffer.from(await readFile(keyFile, 'utf8'), 'base64')).toHaveLength(32);
});

test('the same value never looks the same twice', async () => {
  const { record, open } = await place();
  const store = open();
  const seen = new Set<string>();
  for (let round = 0; round < 20; round += 1) {
    await store.write(ID, 'value');
    const { nonce, data, generation } = JSON.parse(await readFile(record, 'utf8'));
    expect(generation).toBe(round + 1);
    seen.add(nonce).add(data);
  }
  expect(seen.size).toBe(40);
});

describe('is refused as unsafe, for reading and for writing:', () => {
  const cases: Record<string, (place: Place) => Promise<string>> = {
    'a record others can read': async ({ record }) => await mode(record, 0o644),
    'a record its group can write': async ({ record }) => await mode(record, 0o620),
    'a folder others can look into': async ({ folder }) => await mode(folder, 0o755),
    'a key others can read': async ({ folder }) => await mode(join(folder, 'key.json'), 0o604),
    'a key file others can read': async ({ keyFile }) => await mode(keyFile, 0o640),
    'a record of another user': async ({ record }) => await give(record),
    'a folder of another user': async ({ folder }) => await give(folder),
    'a key file of another user': async ({ keyFile }) => await give(keyFile),
    'a record that is a link': async ({ record, home }) => {
      await copyFile(record, join(home, 'copy'));
      await chmod(join(home, 'copy'), 0o600);
      await rm(record);
      await symlink(join(home, 'copy'), record);
      return record;
    },
  };
  for (const [name, damage] of Object.entries(cases)) {
    test(name, async () => {
      const at = await place();
      await at.open().write(ID, 'value');
      const path = await damage(at);

      const refusal = {
        code: 'CREDENTIAL_FILE_UNSAFE',
        message: expect.stringContaining(path),
        data: { path },
      };
      await expect(at.open().read(ID)).rejects.toMatchObject(refusal);
      await expect(at.open().write(ID, 'next')).rejects.toMatchObject(refusal);
    });
  }

  test('a passphrase file others can read', async () => {
    const { open, home, folder } = await place();
    const env = await passphraseFile(home, 'correct horse', 0o644);

    await expect(open(env).write(ID, 'value')).rejects.toMatchObject({ code: 'CREDENTIAL_FILE_UNSAFE' });
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });

  test('a key file beside what it opens', async () => {
    const { open, folder } = await place();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const env = { MCPCTL_KEY_FILE: join(folder, 'key') };

    await expect(open(env).write(ID, 'value')).rejects.toMatchObject({ code: 'CREDENTIAL_FILE_UNSAFE' });
    expect(await readdir(folder)).toEqual([]);
  });
});

async function mode(path: string, bits: number): Promise<string> {
  await chmod(path, bits);
  return path;
}

async function give(path: string): Promise<string> {
  await chown(path, NOBODY, NOBODY);
  return path;
}

describe("is corrupt, never somebody else's and never absent:", () => {
  test('a record with any byte flipped', async () => {
    const { record, open } = await place();
    await open().write(ID, 'value');
    const whole = await readFile(record);
    for (let at = 0; at < whole.length - 1; at += 1) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8(whole.readUInt8(at) ^ 1, at);
      await writeFile(record, flipped);

      const answer = await open()
        .read(ID)
        .then(
          (value) => `returned ${value}`,
          (error: { code?: string }) => error.code,
        );
      expect(['CREDENTIAL_CORRUPT', 'CREDENTIAL_LOCKED']).toContain(answer);
    }
  });

  test('two records swapped, and one put back to an older generation', async () => {
    const { folder, record, open } = await place();
    const other = join(folder, `${OTHER}.json`);
    await open().write(ID, 'one');
    await open().write(OTHER, 'two');
    await copyFile(other, record);
    await expect(open().read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_CORRUPT', data: { id: ID } });

    const text = await readFile(other, 'utf8');
    await writeFile(other, text.replace('"generation":1', '"generation":2'));
    await expect(open().read(OTHER)).rejects.toMatchObject({ code: 'CREDENTIAL_CORRUPT' });
    await open().write(ID, 'anew');
    expect(await open().read(ID)).toBe('anew');
  });

  test('a cut record, and a damaged key', async () => {
    const { folder, record, open } = await place();
    await open().write(ID, 'one');
    const text = await readFile(record, 'utf8');
    await writeFile(record, text.slice(0, 40));
    await expect(open().read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_CORRUPT' });
    await writeFile(record, text);

    const key = join(folder, 'key.json');
    await writeFile(key, (await readFile(key, 'utf8')).replace(/"salt": "./, '"salt": "!'));
    await expect(open().read(ID)).rejects.toMatchObject({
      code: 'CREDENTIAL_CORRUPT',
      message: expect.stringContaining(key),
    });
  });
});

describe('stays locked, and untouched:', () => {
  test('with a wrong passphrase, none, or an empty one', async () => {
    const { home, record, open } = await place();
    await open(await passphraseFile(home, 'correct horse')).write(ID, 'value');
    const before = await readFile(record);
    const environments = [
      await passphraseFile(home, 'wrong'),
      await passphraseFile(home, ''),
      { MCPCTL_PASSPHRASE_FILE: join(home, 'missing') },
      {},
    ];

    for (const env of environments) {
      await expect(open(env).read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_LOCKED' });
      await expect(open(env).write(ID, 'next')).rejects.toMatchObject({ code: 'CREDENTIAL_LOCKED' });
    }
    expect(await readFile(record)).toEqual(before);
  });

  test('with a lost, another or a broken key file', async () => {
    const { home, keyFile, open } = await place();
    await open().write(ID, 'value');
    const copy = join(home, 'other.key');
    await writeFile(copy, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 });
    await expect(open({ MCPCTL_KEY_FILE: copy }).read(ID)).rejects.toMatchObject({
      code: 'CREDENTIAL_LOCKED',
    });
    await writeFile(keyFile, 'not a key');
    await expect(open().read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_LOCKED' });
    await rm(keyFile);

    await expect(open().read(ID)).rejects.toMatchObject({
      code: 'CREDENTIAL_LOCKED',
      message: expect.stringContaining(keyFile),
    });
    await expect(open().write(ID, 'next')).rejects.toMatchObject({ code: 'CREDENTIAL_LOCKED' });
    await expect(stat(keyFile)).rejects.toThrow('ENOENT');
  });

  test('when its key was replaced by another', async () => {
    const { folder, open } = await place();
    await open().write(ID, 'value');
    await rm(join(folder, 'key.json'));
    await open().write(OTHER, 'other');

    await expect(open().read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_LOCKED' });
    expect(await open().read(OTHER)).toBe('other');
  });
});

describe('a passphrase', () => {
  test('is asked for twice when new, once a process later, and never when it is provided', async () => {
    const { open, home } = await place();
    await open({}, ['hunter22', 'hunter22']).write(ID, 'value');

    const store = open({}, ['hunter22']);
    expect(await store.read(ID)).toBe('value');
    await store.write(ID, 'next');
    expect(await open(await passphraseFile(home, 'hunter22'), []).read(ID)).toBe('next');
    await expect(open({}, ['wrong']).read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_LOCKED' });
  });

  test('typed differently the second time stores nothing; left empty it means a key file', async () => {
    const { open, folder, keyFile } = await place();
    await expect(open({}, ['one', 'two']).write(ID, 'value')).rejects.toMatchObject({
      code: 'CREDENTIAL_LOCKED',
    });
    await expect(readdir(folder)).rejects.toThrow('ENOENT');

    await open({}, ['']).write(ID, 'value');
    expect(await stat(keyFile)).toMatchObject({});
    expect(await open().read(ID)).toBe('value');
  });

  test('comes from systemd, whose access list shows as a group permission', async () => {
    const { open, home } = await place();
    const credentials = join(home, 'credentials');
    await mkdir(credentials);
    const env = { CREDENTIALS_DIRECTORY: credentials };
    const file = join(credentials, 'mcpctl-passphrase');
    await writeFile(file, 'from systemd');
    await chmod(file, 0o440);
    await open(env).write(ID, 'value');

    expect(await open(env).read(ID)).toBe('value');
    await expect(open().read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_LOCKED' });
    await chmod(file, 0o444);
    await expect(open(env).read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_FILE_UNSAFE' });
  });
});

test('two processes making the store at once agree on one key', async () => {
  const { open } = await place();

  await Promise.all([open().write(ID, 'one'), open().write(OTHER, 'two')]);

  expect([await open().read(ID), await open().read(OTHER)]).toEqual(['one', 'two']);
});
