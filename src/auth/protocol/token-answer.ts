import { isRecord } from '../../core/json.ts';

/** What the body of an answer of a token, device or registration endpoint says, once its dialect is gone. */
export type Answer =
  | { readonly kind: 'result'; readonly body: Record<string, unknown> }
  | { readonly kind: 'error'; readonly error: string; readonly description?: string }
  | { readonly kind: 'nonsense' };

const OAUTH_ERRORS = [
  ...['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type'],
  ...[
    'invalid_scope',
    'invalid_target',
    'access_denied',
    'authorization_pending',
    'slow_down',
    'expired_token',
  ],
  ...['invalid_redirect_uri', 'invalid_client_metadata', 'unapproved_software_statement', 'invalid_token'],
  ...['server_error', 'temporarily_unavailable', 'invalid_dpop_proof', 'use_dpop_nonce'],
];

/** What vendors say instead (GitHub, Slack, Microsoft). */
const DIALECTS = new Map(
  Object.entries({
    bad_refresh_token: 'invalid_grant',
    bad_verification_code: 'invalid_grant',
    invalid_refresh_token: 'invalid_grant',
    invalid_code: 'invalid_grant',
    token_expired: 'invalid_grant',
    token_revoked: 'invalid_grant',
    incorrect_client_credentials: 'invalid_client',
    bad_client_secret: 'invalid_client',
    invalid_client_id: 'invalid_client',
    interaction_required: 'invalid_grant',
    login_required: 'invalid_grant',
    consent_required: 'invalid_grant',
  }),
);

/** Microsoft's number for a `resource` it does not want; the error code beside it varies. */
const RESOURCE_NOT_WANTED = /AADSTS9010010/;

/** True for the codes of the standards; others may be a gateway's own words. */
export function isOAuthError(code: string): boolean {
  return OAUTH_ERRORS.includes(code);
}

export function readAnswer(text: string, contentType: string): Answer {
  const body = parse(text, contentType);
  if (!isRecord(body)) return { kind: 'nonsense' };
  const members = Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null && value !== ''),
  );
  const error = errorIn(members);
  if (error === undefined) return { kind: 'result', body: members };
  const description = descriptionIn(members);
  const code = RESOURCE_NOT_WANTED.test(description ?? '')
    ? 'invalid_target'
    : (DIALECTS.get(error) ?? error);
  return { kind: 'error', error: code, ...(description !== undefined && { description }) };
}

function parse(text: string, contentType: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    const isForm =
      contentType.startsWith('application/x-www-form-urlencoded') || /^[a-z_]+=[^<]*$/.test(text);
    return isForm ? Object.fromEntries(new URLSearchParams(text)) : undefined;
  }
}

/** `{"error": "x"}`, or any of the ways to nest it: `{"error": {"code": "x"}}`, `{"errors": [{"type": "x"}]}`. */
function errorIn({ error, errors }: Record<string, unknown>): string | undefined {
  if (typeof error === 'string') return /^[\x21-\x7e]{1,64}$/.test(error) ? error : 'unknown_error';
  const nested = isRecord(error) ? error : Array.isArray(errors) ? errors.find(isRecord) : undefined;
  if (!nested) return error === undefined || error === false ? undefined : 'unknown_error';
  const words = Object.values(nested).filter((value) => typeof value === 'string');
  return words.find((word) => isOAuthError(word) || DIALECTS.has(word)) ?? 'unknown_error';
}

function descriptionIn({ error, error_description, message }: Record<string, unknown>): string | undefined {
  const nested = isRecord(error)
    ? (error.error_description ?? error.message ?? error.description)
    : undefined;
  return [error_description, nested, message].find((text) => typeof text === 'string');
}
