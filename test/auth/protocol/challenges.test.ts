import { expect, test } from 'vitest';
import { bearerChallenge, parseChallenges } from '../../../src/auth/protocol/challenges.ts';
import { createRandom } from '../../support/random.ts';

test.each([
  ['', []],
  ['Bearer', [{ scheme: 'bearer', params: {} }]],
  ['BEARER Realm="x"', [{ scheme: 'bearer', params: { realm: 'x' } }]],
  [
    'Basic realm="a, b", Bearer scope="c d"',
    [
      { scheme: 'basic', params: { realm: 'a, b' } },
      { scheme: 'bearer', params: { scope: 'c d' } },
    ],
  ],
  ['Bearer error="say \\"no\\", \\\\ then"', [{ scheme: 'bearer', params: { error: 'say "no", \\ then' } }]],
  [
    'Negotiate oYGDMIGA==, Bearer realm=x',
    [
      { scheme: 'negotiate', params: {}, token68: 'oYGDMIGA==' },
      { scheme: 'bearer', params: { realm: 'x' } },
    ],
  ],
  ['Negotiate, Basic , Bearer', ['negotiate', 'basic', 'bearer'].map((scheme) => ({ scheme, params: {} }))],
  ['Bearer realm = "x" ,\t scope = y', [{ scheme: 'bearer', params: { realm: 'x', scope: 'y' } }]],
  ['Bearer scope="one", scope="two"', [{ scheme: 'bearer', params: { scope: 'one' } }]],
  [
    'Bearer resource_metadata=https://a.example/x?y, error=z',
    [{ scheme: 'bearer', params: { resource_metadata: 'https://a.example/x?y', error: 'z' } }],
  ],
  [',, ,Bearer a=1,,b=2', [{ scheme: 'bearer', params: { a: '1', b: '2' } }]],
  ['Bearer a="not closed, b=2', [{ scheme: 'bearer', params: { a: 'not closed', b: '2' } }]],
  ['"quoted first", Bearer a=1', [{ scheme: 'bearer', params: { a: '1' } }]],
  ['a=1, (what?), Bearer b=2', [{ scheme: 'bearer', params: { b: '2' } }]],
])('reads %j', (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges);
});

test('finds what a bearer challenge asks for behind another scheme, in any case, in several headers', () => {
  const header =
    'Basic realm="x", bEaReR error="insufficient_scope", DPoP algs="ES256", scope="a b", bearer resource_metadata="https://a.example/m"';

  expect(bearerChallenge(header)).toEqual({
    error: 'insufficient_scope',
    scope: 'a b',
    resourceMetadata: 'https://a.example/m',
  });
  expect(bearerChallenge('Basic resource_metadata="https://a.example/m"')).toEqual({});
  expect(bearerChallenge(undefined)).toEqual({});
});

test('comes to an end with every header, and still finds the one that is in order', () => {
  const random = createRandom(7);
  const pieces = ['Bearer', ' ', ',', '=', '"', '\\', 'a', '==', '\t', '(', 'é', 'x="y"', '\n'];
  for (let round = 0; round < 3000; round += 1) {
    const odd = Array.from({ length: random.below(30) }, () => random.pick(pieces)).join('');
    // What comes before can swallow it only by a quote that is open.
    const header = `${odd.replaceAll('"', '')}, Bearer scope="s"`;
    parseChallenges(odd);
    expect(bearerChallenge(header).scope, header).toBe('s');
  }
});
