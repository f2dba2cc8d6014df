import { expect, test } from 'vitest';
import { readPasted } from '../../../src/auth/callback/pasted-address.ts';

const REDIRECT = 'http://127.0.0.1:5123/callback';
const STATE = 'st-A_te.~9';
const QUERY = `code=C%2B0/de%3D&state=${STATE}&iss=https%3A%2F%2Fissuer.example`;
const WHOLE = `${REDIRECT}?${QUERY}`;

const read = (text: string) => readPasted(text, { redirectUri: REDIRECT, state: STATE });

test.for([
  ['the whole address', WHOLE],
  ['white space around it', `  ${WHOLE} \t`],
  ['a line end', `${WHOLE}\r\n`],
  ['double quotes', `"${WHOLE}"`],
  ['single quotes', `'${WHOLE}'`],
  ['backticks', `\`${WHOLE}\``],
  ['angle brackets', `<${WHOLE}>`],
  ['lines it was wrapped over', WHOLE.replaceAll(/.{20}/g, '$&\n  ')],
  ['escapes of a shell', WHOLE.replaceAll(/[?&=]/g, '\\$&')],
  ['escapes of HTML', WHOLE.replaceAll('&', '&amp;')],
  ['the marks of a terminal paste', `\u001b[200~${WHOLE}\u001b[201~`],
  ['invisible characters', `\uFEFF${WHOLE}\u200B`],
  ['no protocol', WHOLE.replace('http://', '')],
  ['a forwarded port', WHOLE.replace('5123', '9999')],
  ['a fragment some vendors append', `${WHOLE}#_=_`],
  ['only the query', `?${QUERY}`],
  ['only its parameters', QUERY],
  ['a line typed before it', `here it is:\n${WHOLE}`],
] as const)('reads %s', ([, text]) => {
  expect(read(text)).toEqual({ kind: 'redirect', url: new URL(WHOLE) });
});

test('reads a code with its state, as some pages show it', () => {
  const result = read(` "abc-1_2#${STATE}"\n`);

  expect(result.kind === 'redirect' && Object.fromEntries(result.url.searchParams)).toEqual({
    code: 'abc-1_2',
    state: STATE,
  });
});

test('reads a denial', () => {
  const result = read(`${REDIRECT}?error=access_denied&state=${STATE}`);

  expect(result.kind === 'redirect' && result.url.searchParams.get('error')).toBe('access_denied');
});

test('never takes more than the query from what was pasted', () => {
  const result = read(`https://evil.example:1/other?${QUERY}`);

  expect(result).toEqual({ kind: 'redirect', url: new URL(WHOLE) });
});

test.for([
  [
    'the address of the sign-in page',
    `https://issuer.example/authorize?client_id=a&state=${STATE}`,
    'sign-in page',
  ],
  ['the bare redirect address', REDIRECT, 'holds a code'],
  ['a word', 'hello', 'holds a code'],
  ['a code alone', 'canary-code', 'holds a code'],
  ['a script', 'javascript:alert(1)', 'holds a code'],
  ['only marks', '"<>"', 'holds a code'],
  ['an address without its end', `${REDIRECT}?code=canary-code`, 'cut off'],
  ['another state', `${REDIRECT}?code=canary-code&state=other`, 'another sign-in'],
  ['a cut state', `${REDIRECT}?code=canary-code&state=${STATE.slice(0, -1)}`, 'another sign-in'],
  ['two states', `${WHOLE}&state=other`, 'another sign-in'],
  ['an empty state', `${REDIRECT}?code=canary-code&state=`, 'another sign-in'],
  ['a denial of another sign-in', `${REDIRECT}?error=access_denied&state=other`, 'another sign-in'],
  ['a code with another state', 'canary-code#other', 'another sign-in'],
  ['a code with nothing behind the mark', 'canary-code#', 'another sign-in'],
] as const)('refuses %s in words that repeat nothing of it', ([, text, words]) => {
  const result = read(text);

  expect(result).toEqual({ kind: 'refused', message: expect.stringContaining(words) });
  expect(result.kind === 'refused' && result.message).not.toContain('canary-code');
  expect(result.kind === 'refused' && result.message).not.toContain(STATE);
});

test('is not slowed down by hostile texts', () => {
  for (const text of ['&amp;'.repeat(200_000), '"'.repeat(1_000_000), `${'a'.repeat(1_000_000)}?`]) {
    expect(read(text).kind).toBe('refused');
  }
});
