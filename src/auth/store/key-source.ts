import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { McpctlError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import type { Env } from '../../platform/env.ts';
import type { Prompt } from '../../platform/prompt.ts';
import { readPrivateFile } from './private-file.ts';

/** What opens the encrypted store: typed or provided words, or a file of random bytes. */
export type KeyKind = 'passphrase' | 'key-file';

export interface KeySourceOptions {
  readonly env: Env;
  /** The user's settings folder, for the key file nobody named. */
  readonly settings: string;
  /** The folder of the store, in which no key may lie. */
  readonly folder: string;
  readonly prompt: Pick<Prompt, 'canAsk'> & Partial<Pick<Prompt, 'password'>>;
}

/** Keys come from files and the terminal; never from an argument or the value of a variable, which others can read. */
export interface KeySource {
  /**
   * Chooses for a new store: the passphrase provided or typed, else the key file, which is made.
   * @throws CREDENTIAL_FILE_UNSAFE, CREDENTIAL_LOCKED.
   */
  choose(): Promise<{ readonly kind: KeyKind; readonly secret: string }>;
  /** What opens a store of that kind. Throws as `choose` does. */
  get(kind: KeyKind): Promise<string>;
}

export function createKeySource(options: KeySourceOptions): KeySource {
  const { env, settings, folder, prompt } = options;
  const keyFile = resolve(env.MCPCTL_KEY_FILE || join(settings, 'sign-ins.key'));

  const ask = async (message: string): Promise<string | undefined> => {
    if (!prompt.canAsk || !prompt.password) return undefined;
    return await prompt.password({ message, flag: 'MCPCTL_PASSPHRASE_FILE=<file>' });
  };

  const newKeyFile = async (): Promise<string> => {
    await refuseBeside(keyFile, folder);
    const known = await readKeyFile(keyFile);
    if (known !== undefined) return known;
    const key = randomBytes(32).toString('base64');
    try {
      await writeFileAtomic(keyFile, `${key}\n`, { exactMode: 0o600, expectedSha256: null });
      return key;
    } catch (error) {
      // Another process was faster; one key file serves both.
      const theirs = error instanceof McpctlError && error.code === 'FILE_CHANGED';
      const key = theirs ? await readKeyFile(keyFile) : undefined;
      if (key === undefined) throw error;
      return key;
    }
  };

  return {
    async choose() {
      const provided = await providedPassphrase(env);
      if (provided !== undefined) return { kind: 'passphrase', secret: provided };
      const typed = env.MCPCTL_KEY_FILE
        ? undefined
        : await ask(`New passphrase for the encrypted sign-ins (empty: key file ${keyFile}):`);
      if (!typed) return { kind: 'key-file', secret: await newKeyFile() };
      if ((await ask('The same passphrase again:')) !== typed)
        throw locked('The two passphrases differ; nothing was stored.', 'Run the command again.');
      return { kind: 'passphrase', secret: typed };
    },

    async get(kind) {
      if (kind === 'key-file') {
        await refuseBeside(keyFile, folder);
        const key = await readKeyFile(keyFile);
        if (key !== undefined) return key;
        throw locked(
          `The key file of the encrypted sign-ins, ${keyFile}, does not exist.`,
          'Restore it, or name another: MCPCTL_KEY_FILE=<file>',
        );
      }
      const passphrase =
        (await providedPassphrase(env)) ?? (await ask('Passphrase of the encrypted sign-ins:'));
      if (passphrase) return passphrase;
      throw locked(
        'The encrypted sign-ins need their passphrase, and nobody can be asked for it here.',
        'Put it into a file of yours with mode 600 and name that: MCPCTL_PASSPHRASE_FILE=<file>',
      );
    },
  };
}

async function providedPassphrase(env: Env): Promise<string | undefined> {
  const named = env.MCPCTL_PASSPHRASE_FILE;
  if (named) {
    return await readPassphrase(named, { owners: 'user-or-root', refuseLinks: false });
  }
  if (!env.CREDENTIALS_DIRECTORY) return undefined;
  const path = join(env.CREDENTIALS_DIRECTORY, 'mcpctl-passphrase');
  // systemd lets the service in by an access list, which shows as a group permission.
  const rules = { owners: 'user-or-root', refuseLinks: false, forbidden: 0o007 } as const;
  return (await readPrivateFile(path, rules)) === undefined ? undefined : await readPassphrase(path, rules);
}

async function readPassphrase(path: string, rules: Parameters<typeof readPrivateFile>[1]): Promise<string> {
  const passphrase = (await readPrivateFile(path, rules))?.replace(/\r?\n$/, '');
  if (passphrase) return passphrase;
  throw locked(
    `The passphrase file ${path} ${passphrase === undefined ? 'does not exist' : 'is empty'}.`,
    `Write the passphrase into it: install -m 600 /dev/null ${path}`,
  );
}

async function readKeyFile(path: string): Promise<string | undefined> {
  const text = await readPrivateFile(path, { owners: 'user-or-root', refuseLinks: false });
  const key = text?.trim();
  if (key === undefined || Buffer.from(key, 'base64').length === 32) return key;
  throw locked(
    `${path} is no key file of mcpctl.`,
    'Name the one the store was made with: MCPCTL_KEY_FILE=<file>',
  );
}

/** A key beside what it opens would travel with it in every backup. */
async function refuseBeside(keyFile: string, folder: string): Promise<void> {
  const [place, store] = await Promise.all([dirname(keyFile), folder].map(async (path) => await real(path)));
  if (place !== store && !place?.startsWith(`${store}${sep}`)) return;
  throw new McpctlError('CREDENTIAL_FILE_UNSAFE', `The key file ${keyFile} lies beside what it opens.`, {
    hint: 'Keep it in another folder, best on another disk or out of backups.',
    data: { path: keyFile },
  });
}

async function real(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}

function locked(message: string, hint: string): McpctlError {
  return new McpctlError('CREDENTIAL_LOCKED', message, { hint });
}
