import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { Credential } from '../../../src/auth/credential.ts';
import { finishAuthorization } from '../../../src/auth/protocol/authorization.ts';
import { clientCredentials } from '../../../src/auth/protocol/client-credentials.ts';
import { deviceAuthorization } from '../../../src/auth/protocol/device-authorization.ts';
import { deleteRegistration } from '../../../src/auth/protocol/dynamic-registration.ts';
import { refreshTokens } from '../../../src/auth/protocol/refresh.ts';
import { register } from '../../../src/auth/protocol/registration.ts';
import { revoke } from '../../../src/auth/protocol/revoke.ts';
import { type Asked, oddServer, send } from './odd-server.ts';
import { credentialFor, loopbackFetch as fetch, REDIRECT_URI, settingsFor } from './subject.ts';

/** Every secret of the subject begins so. */
const CANARY = 'canary-';

function subjectAt(origin: string): Credential {
  return credentialFor(origin, {
    client: {
      kind: 'registered',
      id: 'me',
      secret: `${CANARY}secret`,
      authMethod: 'client_secret_post',
      registrationUri: `${origin}/registration`,
      registrationToken: `${CANARY}registration`,
    },
    tokens: { access: `${CANARY}access`, refresh: `${CANARY}refresh`, receivedAt: 0, scopes: [] },
  });
}

/** Each thing that is asked of an authorization server, with secrets in it. */
const STEPS: Readonly<Record<string, (subject: Credential) => Promise<unknown>>> = {
  refresh: (credential) => refreshTokens({ credential, fetch, quirks: {} }),
  revoke: (credential) => revoke(credential, fetch),
  'delete the registration': ({ client }) => deleteRegistration(client, fetch),
  'exchange the code': ({ server, client }) =>
    finishAuthorization({
      server,
      client,
      callback: new URL(`${REDIRECT_URI}?code=${CANARY}code&state=${CANARY}state`),
      state: `${CANARY}state`,
      verifier: `${CANARY}verifier-${'v'.repeat(43)}`,
      redirectUri: REDIRECT_URI,
      resource: null,
      scopes: [],
      fetch,
    }),
  'sign in as a client': ({ server, client }) =>
    clientCredentials({ server, client, resource: null, scopes: [], fetch }),
  'sign in by a code': async ({ server, client, issuer }) => {
    const device = await oddServer({
      '/device': {
        device_code: `${CANARY}device`,
        user_code: 'u',
        verification_uri: `${issuer}/d`,
        interval: 1,
      },
    });
    const begun = await deviceAuthorization({
      server: { ...server, device_authorization_endpoint: `${device.origin}/device` },
      client,
      resource: null,
      scopes: [],
      fetch,
      now: clockForOneTry(),
      pause: async () => {},
    });
    return await begun.wait();
  },
  register: ({ server, url }) =>
    register({
      settings: settingsFor(new URL(url).origin),
      server,
      redirectUris: [REDIRECT_URI],
      scopes: [],
      fetch,
    }),
};

/** A clock that lets a wait run once: it stands still for two looks. */
function clockForOneTry(): () => number {
  const times = [0, 0];
  return () => times.shift() ?? 1e9;
}

/** How a server may fail, repeating what it was sent, in its words and between its tokens. */
const FAILURES: Readonly<Record<string, (asked: Asked) => [number, string]>> = {
  'an error that repeats the request': ({ body }) => [
    400,
    JSON.stringify({ error: 'invalid_grant', error_description: decodeURIComponent(body) }),
  ],
  'an error that is made of the request': ({ form }) => [
    400,
    JSON.stringify({ error: Object.values(form).find((value) => value.startsWith(CANARY)) ?? 'x' }),
  ],
  'a nested error': ({ body }) => [400, JSON.stringify({ error: { code: 'invalid_client', message: body } })],
  'an internal error': ({ body }) => [
    500,
    JSON.stringify({ error: 'server_error', error_description: body }),
  ],
  'a page': ({ body }) => [200, `<html>${body}</html>`],
  'a page about an error': ({ body }) => [502, `<html>${body}</html>`],
  'half an answer': () => [200, `{"access_token":"${CANARY}new","refresh_token":"${CANARY}new`],
  'an answer of a wrong kind': () => [
    200,
    `{"access_token":["${CANARY}new"],"client_id":["${CANARY}new"],"client_secret":"${CANARY}new"}`,
  ],
  'a token nobody can use': () => [
    200,
    `{"access_token":"${CANARY}new","token_type":"mac","client_secret":"${CANARY}new"}`,
  ],
  'no connection': () => [0, ''],
};

test.each(
  Object.keys(STEPS).flatMap((step) => Object.keys(FAILURES).map((failure) => [step, failure] as const)),
)('%s: no secret in the failure over %s', async (step, failure) => {
  const { origin } = await oddServer(
    Object.fromEntries(
      ['/token', '/revoke', '/registration', '/register'].map((path) => [
        path,
        (asked: Asked, response: { socket: { destroy(): void } }) => {
          const [status, body] = FAILURES[failure]?.(asked) ?? [500, ''];
          if (status === 0) return response.socket.destroy();
          send(response as never, status, body, { 'content-type': 'application/json' });
        },
      ]),
    ),
  );

  const error = await STEPS[step]?.(subjectAt(origin)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

  // Deleting and revoking succeed with whatever a server says under 200.
  if (error === undefined) expect(['revoke', 'delete the registration']).toContain(step);
  expect(inspect(error, { depth: 12, showHidden: true })).not.toContain(CANARY);
  if (error !== undefined) expect(error).toMatchObject({ code: expect.stringMatching(/^(OAUTH_|SIGN_IN_)/) });
});
