import { isRecord } from '../../core/json.ts';
import type { Credential } from '../credential.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const words: Check = (value) => typeof value === 'string' && value !== '';
const number: Check = Number.isFinite;
const truth: Check = (value) => typeof value === 'boolean';
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const oneOf =
  (...names: string[]): Check =>
  (value) =>
    names.includes(value as string);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const shape =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(members).every(([name, check]) => check(value[name]));

const client = shape({
  kind: oneOf('pre-registered', 'metadata-document', 'registered'),
  id: words,
  secret: maybe(text),
  authMethod: oneOf('none', 'client_secret_basic', 'client_secret_post'),
  secretExpiresAt: maybe(number),
  registrationUri: maybe(text),
  registrationToken: maybe(text),
  redirectUris: maybe(texts),
});

const server = shape({
  issuer: words,
  authorization_endpoint: maybe(text),
  token_endpoint: text,
  registration_endpoint: maybe(text),
  revocation_endpoint: maybe(text),
  device_authorization_endpoint: maybe(text),
  scopes_supported: maybe(texts),
  grant_types_supported: maybe(texts),
  token_endpoint_auth_methods_supported: maybe(texts),
  code_challenge_methods_supported: maybe(texts),
  authorization_response_iss_parameter_supported: maybe(truth),
  client_id_metadata_document_supported: maybe(truth),
});

const credential = shape({
  version: (value) => value === 1,
  generation: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  url: text,
  issuer: text,
  profile: text,
  grant: oneOf('authorization-code', 'device-code', 'client-credentials'),
  server,
  client,
  tokens: maybe(
    shape({
      access: words,
      refresh: maybe(words),
      expiresAt: maybe(number),
      receivedAt: number,
      scopes: texts,
    }),
  ),
  resource: (value) => value === null || text(value),
  requestedScopes: texts,
  account: maybe(text),
  signedInAt: number,
  refreshedAt: maybe(number),
  refreshing: maybe(shape({ startedAt: number })),
  needsSignIn: maybe(shape({ reason: text, at: number })),
  learnt: maybe(shape({ resourceOnRefresh: maybe(truth), scopeOnRefresh: maybe(truth) })),
});

/**
 * True for what `credentialSchema` accepts, without zod: every start of `run` reads a record, and loading zod takes
 * longer than all the rest of that. What is false here is judged by the schema.
 */
export function hasRecordShape(value: unknown): value is Credential {
  return credential(value);
}
