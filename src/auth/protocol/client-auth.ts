import type { webcrypto } from 'node:crypto';
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

/**
 * Proves the client by assertions it signs (RFC 7523).
 * @throws SECRET_UNSUITABLE when the text is no private key in PEM form, or of a kind nobody signs with.
 */
export async function keyAuth(privateKey: string): Promise<ClientAuth> {
  const { PrivateKeyJwt } = await import('openid-client');
  return PrivateKeyJwt(await importKey(privateKey));
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

async function importKey(privateKey: string): Promise<webcrypto.CryptoKey> {
  const { createPrivateKey } = await import('node:crypto');
  try {
    // In whatever format it is written; WebCrypto reads PKCS #8 alone.
    const key = createPrivateKey(privateKey);
    const der = key.export({ type: 'pkcs8', format: 'der' });
    const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
    const algorithms: Readonly<Record<string, Parameters<typeof crypto.subtle.importKey>[2]>> = {
      ec: { name: 'ECDSA', namedCurve: curve ?? '' },
      ed25519: { name: 'Ed25519' },
      rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    };
    const algorithm = algorithms[key.asymmetricKeyType ?? ''] ?? '';
    return await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  } catch {
    throw new McpctlError('SECRET_UNSUITABLE', 'The private key of the client cannot be used to sign.', {
      hint: 'It must be an EC, Ed25519 or RSA key without a passphrase: -----BEGIN PRIVATE KEY-----',
    });
  }
}
