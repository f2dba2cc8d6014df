import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRedactor, REDACTED } from '../../src/core/redaction.ts';
import { type Random, randomFrom } from './secret-corpus.ts';

const seed = randomBytes(6).toString('hex');
const SECRET = 'pä$$/w"rd\\+ 7?&=é🔑';

const ENCODINGS: Record<string, (value: string) => string> = {
  raw: (value) => value,
  JSON: (value) => JSON.stringify({ token: value }),
  'JSON in JSON': (value) => JSON.stringify({ body: JSON.stringify({ token: value }) }),
  'a URL component': (value) => `https://host/?q=${encodeURIComponent(value)}&x=1`,
  'a form': (value) => new URLSearchParams({ q: value }).toString(),
  hex: (value) => Buffer.from(value).toString('hex'),
  'upper-case hex': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64 one byte on': (value) => Buffer.from(`a${value}bc`).toString('base64'),
  'base64 two bytes on': (value) => Buffer.from(`ab${value}c`).toString('base64'),
  base64url: (value) => Buffer.from(`xy${value}`).toString('base64url'),
};

test.each(Object.entries(ENCODINGS))('hides a secret in %s', (_, encode) => {
  const text = `before ${encode(SECRET)} after`;

  const shown = createRedactor([SECRET])(text);

  expect(shown).toContain(REDACTED);
  expect(shown).toMatch(/^before .* after$/);
  // At most two characters at either end may stand for bits of the neighbours.
  const encoded = encode(SECRET);
  for (let start = 4; start + 8 < encoded.length - 4; start += 1) {
    const piece = encoded.slice(start, start + 8);
    if (isOfTheSecret(encode, piece)) expect(shown).not.toContain(piece);
  }
});

test(`hides secrets in any encoding, however the text is cut (seed ${seed})`, () => {
  for (let round = 0; round < 400; round += 1) {
    const random = randomFrom(`${seed} ${round}`);
    const secrets = Array.from({ length: 1 + random.below(4) }, () => aSecret(random));
    const redactor = createRedactor(secrets);
    const encodings = Object.values(ENCODINGS);
    const parts = Array.from({ length: 6 }, () => {
      const encode = encodings[random.below(encodings.length)];
      const secret = secrets[random.below(secrets.length)] ?? '';
      return random.below(3) === 0 ? noise(random) : (encode?.(secret) ?? '');
    });
    const text = parts.map((part) => `${noise(random)} ${part} `).join('');

    const shown = inPieces(redactor.stream(), Buffer.from(text), random);

    expect(shown).toBe(redactor(text));
    for (const secret of secrets) {
      expect(shown, `round ${round}`).not.toContain(secret);
      expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1));
      expect(shown).not.toContain(encodeURIComponent(secret));
      expect(shown.toLowerCase()).not.toContain(Buffer.from(secret).toString('hex'));
      for (const offset of [0, 1, 2]) {
        const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
        const core = bytes.toString('base64url').slice(4, Math.floor((bytes.length * 4) / 3) - 1);
        expect(shown.replaceAll('+', '-').replaceAll('/', '_')).not.toContain(core);
      }
    }
  }
});

test('shows everything else as it was', () => {
  const random = randomFrom(seed);
  const redactor = createRedactor(['correct-horse-battery']);
  const text = Array.from({ length: 200 }, () => noise(random)).join('\n');

  expect(redactor(text)).toBe(text);
  expect(inPieces(redactor.stream(), Buffer.from(text), random)).toBe(text);
});

test('hides secrets that overlap, contain and repeat one another', () => {
  const redactor = createRedactor(['abcdef123', '123xyzzzz', 'def123', 'oooooo']);
  const text = 'abcdef123xyzzzz def123 ooooooooooooooooooo abcdef12 end';

  expect(redactor(text)).toBe(`${REDACTED} ${REDACTED} ${REDACTED} abcdef12 end`);
  for (let size = 1; size < text.length; size += 1) {
    const stream = redactor.stream();
    let shown = '';
    for (let start = 0; start < text.length; start += size)
      shown += stream.write(text.slice(start, start + size));
    expect(shown + stream.end(), `pieces of ${size}`).toBe(redactor(text));
  }
});

test('holds back nothing that cannot become a secret', () => {
  const stream = createRedactor(['sesame-open-up']).stream();

  expect(stream.write('a line\n')).toBe('a line\n');
  expect(stream.write('half a sesame-op')).toBe('half a ');
  expect(stream.write('tics shop')).toBe('sesame-optics shop');
  expect(stream.write('the sesame-open')).toBe('the ');
  expect(stream.end()).toBe('sesame-open');
});

test('hides each line of a multi-line key', () => {
  const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
  const key = `-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n`;

  expect(createRedactor([key])(`[server] ${line}`)).toBe(`[server] ${REDACTED}`);
});

test('reports values too short to hide and leaves them alone', () => {
  const redactor = createRedactor(['abc', '', 'abcdef', 'abc']);

  expect(redactor.unredactable).toEqual(['abc']);
  expect(redactor('abc abcdef')).toBe(`abc ${REDACTED}`);
});

function aSecret(random: Random): string {
  const alphabet = 'abcABC0123456789+/=-_.~%"\\ äß€"';
  return random
    .of([...alphabet].join(''), 8 + random.below(60))
    .trim()
    .padEnd(8, 'q');
}

function noise(random: Random): string {
  return random.of('abcdefgh ABC:{}[]",0123456789\n', random.below(80));
}

function inPieces(
  stream: { write(chunk: Uint8Array): string; end(): string },
  bytes: Buffer,
  random: Random,
): string {
  let shown = '';
  for (let start = 0; start < bytes.length; ) {
    const size = 1 + random.below(9);
    shown += stream.write(bytes.subarray(start, start + size));
    start += size;
  }
  return shown + stream.end();
}

/** Whether a piece of the encoded text comes from the secret, not from what the encoding puts around it. */
function isOfTheSecret(encode: (value: string) => string, piece: string): boolean {
  return !encode('another thing of no length in common').includes(piece);
}
