import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const RESOURCE = 'https://mcp.example.com/mcp';

/** A stand-in for the issuer: metadata, keys, and tokens as asked for. */
export async function openIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'test', use: 'sig' };
  const server = createServer((request, response) => {
    const documents: Record<string, object> = {
      '/.well-known/oauth-authorization-server': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [jwk] },
    };
    const found = documents[request.url ?? ''];
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    sign: (claims: JWTPayload = {}) =>
      new SignJWT({ iss: issuer, aud: RESOURCE, client_id: 'tester', scope: 'read', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'test' })
        .setExpirationTime(claims.exp ?? '5m')
        .sign(privateKey),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

let opened: ReturnType<typeof openIssuer> | undefined;

/** What the tests have to set and send to be let in. */
export async function accessEnv(): Promise<Record<string, string>> {
  opened ??= openIssuer();
  return { OAUTH_ISSUER: (await opened).issuer, OAUTH_RESOURCE: RESOURCE };
}

export async function callerHeaders(): Promise<Record<string, string>> {
  opened ??= openIssuer();
  return { authorization: `Bearer ${await (await opened).sign()}` };
}

export async function closeAccess(): Promise<void> {
  await (await opened)?.close();
}
