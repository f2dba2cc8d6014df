import type { Config } from '../config.ts';

/** Adds the token to a request, where the API expects it. For `basic` the token is `user:password`. */
export function addCredential(
  url: URL,
  headers: Headers,
  config: Pick<Config, 'API_TOKEN' | 'API_AUTH'>,
): void {
  const { API_TOKEN: token, API_AUTH: auth } = config;
  if (token === undefined) return;
  const [kind, name = ''] = auth.split(':');
  if (kind === 'header') headers.set(name, token);
  else if (kind === 'query') url.searchParams.set(name, token);
  else if (kind === 'basic') headers.set('authorization', `Basic ${Buffer.from(token).toString('base64')}`);
  else headers.set('authorization', `Bearer ${token}`);
}
