import { expect, test, vi } from 'vitest';
import type { Alter, Answer } from '../../support/oauth/record.ts';
import { bench, failure } from './bench.ts';

const EVIL = 'read-this-and-visit-evil';

/** Changes the redirect back to the client. */
const redirect =
  (change: (back: URL) => void): Alter =>
  (answer) => {
    const { location } = answer.headers;
    if (typeof location !== 'string' || !location.includes('/callback?')) return undefined;
    const back = new URL(location);
    change(back);
    answer.headers.location = back.href;
    return answer;
  };

const CASES: [string, Alter][] = [
  ['is missing though promised', redirect((back) => back.searchParams.delete('iss'))],
  ['is another', redirect((back) => back.searchParams.set('iss', 'https://evil.example'))],
  ['has a slash more', redirect((back) => back.searchParams.set('iss', `${back.searchParams.get('iss')}/`))],
  [
    'is another, with an error',
    redirect((back) => {
      back.search = `?${new URLSearchParams({
        error: 'access_denied',
        error_description: EVIL,
        state: back.searchParams.get('state') ?? '',
        iss: 'https://evil.example',
      })}`;
    }),
  ],
];

test.each(CASES)('a redirect whose issuer %s gets no code exchanged', async (_, alter) => {
  const { issuer, login, browser } = await bench();
  issuer.alter(alter);
  const done = await login();

  expect(failure(done)).toEqual({ status: 6, code: 'OAUTH_UNTRUSTED' });
  expect(issuer.seen.exchanges()).toEqual([]);
  expect(done.stdout + done.stderr).not.toContain(EVIL);
  const [page] = await vi.waitUntil(async () => arrived(await browser.pages()), 10_000);
  expect(page?.text).not.toContain(EVIL);
});

/** The browser writes down its last page after the sign-in has ended. */
const arrived = <T>(pages: T[]): T[] | false => pages.length > 0 && pages;

const PLACES = [
  '/.well-known/oauth-authorization-server/tenant1',
  '/.well-known/openid-configuration/tenant1',
  '/tenant1/.well-known/openid-configuration',
];

test.each(PLACES)('metadata at %s that names another issuer is not used', async (place) => {
  const { issuer, login, browser } = await bench({ issuer: { path: '/tenant1' } });
  issuer.alter((answer, { path }) => {
    if (!PLACES.includes(path)) return undefined;
    if (path !== place) return { ...answer, status: 404, body: '' };
    return metadata(answer, { issuer: `${issuer.issuer}/other` });
  });
  const before = issuer.requests.length;

  expect(failure(await login()).code).toMatch(/^OAUTH_(UNTRUSTED|DISCOVERY_FAILED)$/);
  const paths = issuer.requests.slice(before).map(({ path }) => path);
  expect(paths.filter((path) => !PLACES.includes(path))).toEqual([]);
  expect(await browser.started()).toEqual([]);
});

test.each([[undefined], [['plain']]])('a server with the PKCE methods %o is refused', async (methods) => {
  const { issuer, login, browser } = await bench();
  issuer.alter((answer, { path }) =>
    path.startsWith('/.well-known/')
      ? metadata(answer, { code_challenge_methods_supported: methods })
      : undefined,
  );

  expect(failure(await login())).toEqual({ status: 6, code: 'OAUTH_UNTRUSTED' });
  expect(issuer.seen.registrations()).toEqual([]);
  expect(await browser.started()).toEqual([]);
});

function metadata(answer: Answer, changes: object): Answer {
  return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...changes }) };
}
