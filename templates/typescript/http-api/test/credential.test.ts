import { expect, test } from 'vitest';
import { addCredential } from '../src/api/credential.ts';

function sent(API_AUTH: string, API_TOKEN: string | undefined = 'me:secret') {
  const url = new URL('https://api.example.com/v1/items');
  const headers = new Headers();
  addCredential(url, headers, { API_AUTH, API_TOKEN });
  return { address: url.href, headers: Object.fromEntries(headers) };
}

test('the token goes where the API expects it', () => {
  expect(sent('bearer').headers).toEqual({ authorization: 'Bearer me:secret' });
  expect(sent('basic').headers).toEqual({ authorization: 'Basic bWU6c2VjcmV0' });
  expect(sent('header:X-Api-Key').headers).toEqual({ 'x-api-key': 'me:secret' });
  expect(sent('query:key')).toEqual({
    address: 'https://api.example.com/v1/items?key=me%3Asecret',
    headers: {},
  });
});

test('without a token nothing is added', () => {
  const url = new URL('https://api.example.com/');
  const headers = new Headers();
  addCredential(url, headers, { API_AUTH: 'query:key', API_TOKEN: undefined });

  expect([url.href, [...headers]]).toEqual(['https://api.example.com/', []]);
});
