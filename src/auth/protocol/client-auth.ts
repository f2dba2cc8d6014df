import type { ClientAuth } from 'openid-client';
import { McpctlError } from '../../core/errors.ts';
import type { OAuthClient, TokenAuthMethod } from '../credential.ts';

/** Proves the client at the token endpoint in the way it was registered for. */
export function clientAuthOf({ id, secret, authMethod }: OAuthClient): ClientAuth {
  if (authMethod === 'client_secret_basic' && secret !== undefined) return secretBasic(id, secret);
  return (_server, _client, body) => {
    body.set('client_id', id);
    if (authMethod === 'client_secret_post' && secret !== undefined) body.set('client_secret', secret);
  };
}

/**
 * openid-client escapes `-._~` as well; servers that compare without decoding then refuse the client. Plain
 * percent-encoding is what both kinds of servers read alike, as long as ids are made of those characters.
 */
function secretBasic(id: string, secret: string): ClientAuth {
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return (_server, _client, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}

/** The method to use with a secret, by what the server supports; `client_secret_basic` when it does not say. */
export function methodFor(
  secret: string | undefined,
  supported: readonly string[] | undefined,
): TokenAuthMethod {
  if (secret === undefined) return 'none';
  if (supported === undefined || supported.includes('client_secret_basic')) return 'client_secret_basic';
  return supported.includes('client_secret_post') ? 'client_secret_post' : 'client_secret_basic';
}

/** @throws USAGE when the text is no private key in PEM form. */
export async function keyAuth(privateKey: string, algorithm?: string): Promise<ClientAuth> {
  const { createPrivateKey } = await import('node:crypto');
  let der: Buffer;
  let curve: string | undefined;
  let kind: string | undefined;
  try {
    const key = createPrivateKey(privateKey);
    der = key.export({ type: 'pkcs8', format: 'der' });
    kind = key.asymmetricKeyType;
    curve = key.asymmetricKeyDetails?.namedCurve;
  } catch {
    throw new McpctlError('SECRET_UNSUITABLE', 'The private key of the client is not a key in PEM form.', {
      hint: 'Give a file that begins with -----BEGIN PRIVATE KEY-----.',
    });
  }
  const key = await crypto.subtle.importKey('pkcs8', der, importParameters(kind, curve, algorithm), false, [
    'sign',
  ]);
  const { PrivateKeyJwt } = await import('openid-client');
  return PrivateKeyJwt(key);
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

function importParameters(
  kind: string | undefined,
  curve: string | undefined,
  algorithm: string | undefined,
): Parameters<typeof crypto.subtle.importKey>[2] {
  if (kind === 'ec') return { name: 'ECDSA', namedCurve: CURVES[curve ?? ''] ?? 'P-256' };
  if (kind === 'ed25519') return { name: 'Ed25519' };
  const bits = algorithm?.match(/\d+$/)?.[0] ?? '256';
  return { name: algorithm?.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: `SHA-${bits}` };
}
