import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createResolver } from '../../src/secrets/resolve.ts';
import { temporaryFolder } from '../support/cli.ts';

async function opThat(script: string): Promise<Record<string, string>> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'op'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
}

const resolve = async (value: string, env: Record<string, string>, fetch?: typeof globalThis.fetch) =>
  await createResolver({ env, platform: 'linux', home: '/nowhere', ...(fetch && { fetch }) }).resolve({
    KEY: value,
  });

test('asks op for a reference and hides the answer', async () => {
  const env = await opThat('[ "$*" = "read --no-newline op://vault/item/field" ] && printf op-secret-1');

  expect(await resolve('${op:vault/item/field}', env)).toEqual({
    values: { KEY: 'op-secret-1' },
    secrets: ['op-secret-1'],
  });
});

test('repeats nothing of what op says when it fails', async () => {
  const error = await resolve('${op:v/i/f}', await opThat('echo op-secret-1 >&2; exit 6')).catch(
    (thrown) => thrown,
  );

  expect(error).toMatchObject({ code: 'SECRET_BACKEND_FAILED', message: expect.stringContaining('exit 6') });
  expect(JSON.stringify([error.message, error.hint, error.data, error.cause])).not.toContain('op-secret-1');
  await expect(resolve('${op:v/i/f}', { PATH: '/nonexistent' })).rejects.toMatchObject({
    message: expect.stringContaining('not installed'),
  });
});

const VAULT = { VAULT_ADDR: 'https://vault.example:8200', VAULT_TOKEN: 'hvs.token', VAULT_NAMESPACE: 'team' };

test('reads a field of a Vault secret with token and namespace', async () => {
  const asked: [string, RequestInit][] = [];
  const fetch = async (url: URL | Request | string, init: RequestInit = {}): Promise<Response> => {
    asked.push([String(url), init]);
    return Response.json({ data: { data: { token: 'vault-secret' } } });
  };

  const { values } = await resolve('${vault:secret/mcp/linear#token}', VAULT, fetch);

  expect(values.KEY).toBe('vault-secret');
  expect(asked).toMatchObject([
    [
      'https://vault.example:8200/v1/secret/data/mcp/linear',
      { headers: { 'X-Vault-Token': 'hvs.token', 'X-Vault-Namespace': 'team' }, redirect: 'error' },
    ],
  ]);
  await expect(resolve('${vault:secret/mcp/linear#other}', VAULT, fetch)).rejects.toMatchObject({
    code: 'SECRET_MISSING',
  });
});

test.each([
  [404, { data: { data: null, metadata: {} } }, 'SECRET_MISSING', /deleted/],
  [404, { errors: [] }, 'SECRET_MISSING', /nothing/],
  [403, { errors: ['denied'] }, 'SECRET_BACKEND_FAILED', /refuses/],
  [503, { errors: ['sealed'] }, 'SECRET_BACKEND_FAILED', /sealed/],
  [500, {}, 'SECRET_BACKEND_FAILED', /HTTP 500/],
])('tells Vault answers apart: %s', async (status, body, code, message) => {
  const fetch = async (): Promise<Response> => Response.json(body, { status });

  await expect(resolve('${vault:secret/a#b}', VAULT, fetch)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test('says what a Vault reference lacks', async () => {
  await expect(resolve('${vault:secret/a}', VAULT)).rejects.toMatchObject({ code: 'SECRET_BACKEND_FAILED' });
  await expect(resolve('${vault:secret/a#b}', {})).rejects.toMatchObject({
    message: expect.stringContaining('VAULT_ADDR'),
  });
});
