import type { ServerResponse } from 'node:http';
import type { Answer, RecordedRequest } from './record.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** How a token endpoint fails without saying that a grant is bad. */
const FAILURES = {
  /** Both ask to come back after three seconds. */
  unavailable: { status: 503, headers: { 'retry-after': '3', 'content-type': 'text/plain' }, body: 'later' },
  throttled: { status: 429, headers: { 'retry-after': '3', ...JSON_TYPE }, body: '{"error":"slow_down"}' },
  'internal-error': { status: 500, headers: JSON_TYPE, body: '{"error":"server_error"}' },
  html: { status: 200, headers: { 'content-type': 'text/html' }, body: '<title>Be right back</title>' },
  reset: undefined,
  hang: undefined,
} as const satisfies Record<string, Answer | undefined>;

export type TokenFailure = keyof typeof FAILURES;

export function failToken(failure: TokenFailure, response: ServerResponse): void {
  if (failure === 'reset') response.socket?.resetAndDestroy();
  const answer: Answer | undefined = FAILURES[failure];
  if (!answer) return;
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.end(answer.body);
}

/** Ways in which real token endpoints answer otherwise than RFC 6749 says, while they do grant. */
export const MANGLED_ANSWERS: Readonly<Record<string, (answer: Answer) => void>> = {
  'null members': rewrite((body) => ({
    ...body,
    id_token: null,
    scope: null,
    expires_in: null,
    error: null,
  })),
  'an empty id_token': rewrite((body) => ({ ...body, id_token: '' })),
  'a null refresh token': rewrite((body) => ({ ...body, refresh_token: null })),
  'an empty refresh token': rewrite((body) => ({ ...body, refresh_token: '' })),
  'status 201': (answer) => {
    answer.status = 201;
  },
  'no token_type': rewrite(({ token_type: _, ...body }) => body),
  'an upper-case token_type': rewrite((body) => ({ ...body, token_type: 'BEARER' })),
  'scopes as a list': rewrite((body) => ({ ...body, scope: String(body.scope ?? '').split(' ') })),
  'expires_in as a text': rewrite((body) => ({ ...body, expires_in: String(body.expires_in) })),
  'a negative expires_in': rewrite((body) => ({ ...body, expires_in: -1 })),
  'no expires_in': rewrite(({ expires_in: _, ...body }) => body),
  'form encoding': (answer) => {
    const fields = Object.entries(JSON.parse(answer.body)).map(
      ([name, value]) => [name, String(value)] as [string, string],
    );
    answer.body = new URLSearchParams(fields).toString();
    answer.headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8';
  },
  'text/plain as its type': (answer) => {
    answer.headers['content-type'] = 'text/plain';
  },
};

function rewrite(change: (body: Record<string, unknown>) => Record<string, unknown>) {
  return (answer: Answer): void => {
    answer.body = JSON.stringify(change(JSON.parse(answer.body)));
  };
}

export function isToken({ method, path }: RecordedRequest): boolean {
  return method === 'POST' && /\/token$/.test(path);
}
