import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError, messageOf } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import type { BackendRequest } from './backend-request.ts';

/**
 * `secret/mcp/linear#token`: mount, path and field of a Vault KV version 2 secret. Server, namespace and token come
 * from `VAULT_ADDR`, `VAULT_NAMESPACE` and `VAULT_TOKEN` or `~/.vault-token`.
 * @throws SECRET_MISSING for a deleted or absent version; SECRET_BACKEND_FAILED for everything else.
 */
export async function readVault(request: BackendRequest): Promise<string> {
  const { env, path, signal } = request;
  const [mount, secret, field] = split(request);
  const address = env.VAULT_ADDR;
  if (!address)
    throw failed(path, 'VAULT_ADDR is not set.', 'export VAULT_ADDR=https://vault.example.com:8200');
  const url = new URL(`/v1/${mount}/data/${secret.split('/').map(encodeURIComponent).join('/')}`, address);
  const headers = {
    'X-Vault-Token': await tokenOf(request),
    'X-Vault-Request': 'true',
    ...(env.VAULT_NAMESPACE && { 'X-Vault-Namespace': env.VAULT_NAMESPACE }),
  };
  const deadline = AbortSignal.timeout(10_000);
  let response: Response;
  let body: unknown;
  try {
    response = await (request.fetch ?? fetch)(url, {
      headers,
      // A redirect would carry the token to another host.
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    body = await response.json().catch(() => undefined);
  } catch (error) {
    throw failed(
      path,
      `Vault at ${url.origin} could not be asked: ${messageOf(error)}.`,
      'vault status',
      error,
    );
  }
  if (response.status !== 200) throw refused(response.status, body, path, url);
  const data = isRecord(body) && isRecord(body.data) && isRecord(body.data.data) ? body.data.data : {};
  const value = data[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new McpctlError('SECRET_MISSING', `The Vault secret ${mount}/${secret} has no text field ${field}.`, {
    hint: `vault kv patch ${mount}/${secret} ${field}=-`,
    data: { reference: `vault:${path}` },
  });
}

function split({ path }: BackendRequest): [mount: string, secret: string, field: string] {
  const [, mount, secret, field] = /^([^/#]+)\/(?:data\/)?([^#]+)#([^#]+)$/.exec(path) ?? [];
  if (!mount || !secret || !field) {
    throw failed(
      path,
      `vault:${path} is not mount/path#field.`,
      'Write it like ${vault:secret/mcp/linear#token}',
    );
  }
  return [mount, secret, field];
}

async function tokenOf({ env, home, path }: BackendRequest): Promise<string> {
  if (env.VAULT_TOKEN) return env.VAULT_TOKEN;
  try {
    return (await readFile(join(home, '.vault-token'), 'utf8')).trim();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) throw failed(path, 'There is no Vault token.', 'vault login');
    throw failed(path, `~/.vault-token cannot be read: ${messageOf(error)}.`, 'vault login', error);
  }
}

function refused(status: number, body: unknown, path: string, url: URL): McpctlError {
  const gone = isRecord(body) && isRecord(body.data);
  if (status === 404) {
    return new McpctlError(
      'SECRET_MISSING',
      gone ? `The latest version of vault:${path} was deleted.` : `Vault has nothing at vault:${path}.`,
      {
        hint: gone ? 'Restore it: vault kv undelete' : 'Check mount and path: vault kv list',
        data: { reference: `vault:${path}` },
      },
    );
  }
  if (status === 403) {
    return failed(
      path,
      `Vault refuses vault:${path} to this token.`,
      'vault token lookup; then: vault login',
    );
  }
  if (status === 503) return failed(path, `Vault at ${url.origin} is sealed.`, 'vault operator unseal');
  return failed(path, `Vault at ${url.origin} answered with HTTP ${status}.`, 'vault status');
}

function failed(path: string, message: string, hint: string, cause?: unknown): McpctlError {
  return new McpctlError('SECRET_BACKEND_FAILED', message, {
    hint,
    cause,
    data: { reference: `vault:${path}` },
  });
}
