import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDoorkeeper, type Doorkeeper } from '../../../src/gateway/front/doorkeeper.ts';
import {
  createToken,
  readTokens,
  revokeToken,
  type TokenPlace,
  tokenFile,
} from '../../../src/gateway/front/tokens.ts';
import { emptyHome, mcpctl, mcpctlJson, temporaryFolder } from '../../support/cli.ts';

const NOW = new Date('2026-11-23T12:00:00Z');

async function place(): Promise<TokenPlace> {
  const folder = await temporaryFolder();
  return { state: join(folder, 'state'), locks: join(folder, 'locks') };
}

function keeper(where: TokenPlace): Doorkeeper & { revoked: string[]; warnings: unknown[] } {
  const revoked: string[] = [];
  const warnings: unknown[] = [];
  const doorkeeper = createDoorkeeper({
    place: where,
    now: () => NOW,
    revoked: (name) => void revoked.push(name),
    warn: (error) => void warnings.push(error),
  });
  return { ...doorkeeper, revoked, warnings };
}

test('shows a token once and keeps its digest, for the user alone', async () => {
  const where = await place();
  const token = await createToken(where, 'laptop', NOW);

  expect(token).toMatch(/^mcpctl_[A-Za-z0-9_-]{43}$/);
  const text = await readFile(tokenFile(where), 'utf8');
  expect(text).not.toContain(token.slice(7));
  expect((await stat(tokenFile(where))).mode & 0o777).toBe(0o600);
  const [{ sha256 } = { sha256: '' }, ...more] = await readTokens(where);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(more).toEqual([]);
});

test('a name belongs to one token, and is no name of ours', async () => {
  const where = await place();
  await createToken(where, 'laptop', NOW);

  for (const name of ['laptop', 'local', '', 'a b', '../x', 'x'.repeat(65)]) {
    await expect(createToken(where, name, NOW)).rejects.toMatchObject({ code: 'USAGE' });
  }
  await expect(revokeToken(where, 'other')).rejects.toMatchObject({ code: 'USAGE' });
});

test('twenty tokens made at once are all there', async () => {
  const where = await place();
  await Promise.all(Array.from({ length: 20 }, (_, index) => createToken(where, `t${index}`, NOW)));

  expect(await readTokens(where)).toHaveLength(20);
});

test('knows whose token is shown, and nobody by another', async () => {
  const where = await place();
  const [ada, bob] = [await createToken(where, 'ada', NOW), await createToken(where, 'bob', NOW)];
  const { principalOf } = keeper(where);

  expect(await principalOf(`Bearer ${ada}`)).toBe('ada');
  expect(await principalOf(`bearer  ${bob}`)).toBe('bob');
  for (const header of [
    undefined,
    '',
    ada,
    `Basic ${ada}`,
    `Bearer ${ada}x`,
    `Bearer ${ada.slice(0, -1)}`,
    'Bearer ',
  ]) {
    expect(await principalOf(header)).toBeUndefined();
  }
});

test('a token made or revoked while we run counts at once', async () => {
  const where = await place();
  const { principalOf, look, revoked } = keeper(where);
  expect(await principalOf('Bearer mcpctl_x')).toBeUndefined();
  const token = await createToken(where, 'ada', NOW);
  expect(await principalOf(`Bearer ${token}`)).toBe('ada');
  await revokeToken(where, 'ada');
  await look();

  expect(await principalOf(`Bearer ${token}`)).toBeUndefined();
  expect(revoked).toEqual(['ada']);
});

test('a new token of the same name does not bring the old one back', async () => {
  const where = await place();
  const { principalOf, look, revoked } = keeper(where);
  const old = await createToken(where, 'ada', NOW);
  expect(await principalOf(`Bearer ${old}`)).toBe('ada');
  await revokeToken(where, 'ada');
  const fresh = await createToken(where, 'ada', NOW);
  await look();

  expect(await principalOf(`Bearer ${old}`)).toBeUndefined();
  expect(await principalOf(`Bearer ${fresh}`)).toBe('ada');
  expect(revoked).toEqual(['ada']);
});

test('notes the day a token was last used', async () => {
  const where = await place();
  const token = await createToken(where, 'ada', NOW);
  const { principalOf } = keeper(where);
  await Promise.all([1, 2, 3].map(() => principalOf(`Bearer ${token}`)));

  await expect.poll(async () => (await readTokens(where))[0]?.lastUsed).toBe('2026-11-23');
});

test('nobody comes in by a file others can change, or a broken one', async () => {
  const where = await place();
  const token = await createToken(where, 'ada', NOW);
  await chmod(tokenFile(where), 0o644);
  const open = keeper(where);
  expect(await open.principalOf(`Bearer ${token}`)).toBeUndefined();
  expect(open.warnings[0]).toMatchObject({ code: 'CREDENTIAL_FILE_UNSAFE' });

  await chmod(tokenFile(where), 0o600);
  await writeFile(tokenFile(where), '{"tokens":[{"name":"ada","createdAt":"","sha256":"00"}]}');
  await expect(readTokens(where)).rejects.toMatchObject({ code: 'CREDENTIAL_CORRUPT' });
  const broken = keeper(where);
  expect(await broken.principalOf(`Bearer ${token}`)).toBeUndefined();
});

test('the command makes, lists and revokes tokens', async () => {
  const home = await emptyHome();
  const made = await mcpctl(['gateway', 'token', '--name', 'laptop'], home);
  expect(made).toMatchObject({ status: 0, stdout: expect.stringMatching(/^mcpctl_\S{43}\n$/) });
  expect(made.stderr).not.toContain(made.stdout.trim());
  const second = await mcpctlJson(['gateway', 'token'], home);
  expect(second.document.data).toEqual({ name: 'default', token: expect.stringMatching(/^mcpctl_/) });

  const listed = await mcpctlJson(['gateway', 'token', '--list'], home);
  expect(listed.document.data.tokens).toEqual([
    { name: 'laptop', createdAt: expect.any(String) },
    { name: 'default', createdAt: expect.any(String) },
  ]);
  expect((await mcpctl(['gateway', 'token', '--list'], home)).stdout).toContain('laptop');
  expect((await mcpctl(['gateway', 'token', '--revoke', 'laptop'], home)).status).toBe(0);
  expect((await mcpctl(['gateway', 'token', '--revoke', 'laptop'], home)).status).toBe(2);
  const left = await mcpctlJson(['gateway', 'token', '--list'], home);
  expect(left.document.data.tokens.map(({ name }: { name: string }) => name)).toEqual(['default']);
});
