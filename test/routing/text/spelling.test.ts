import { expect, test } from 'vitest';
import { createSpelling } from '../../../src/routing/text/spelling.ts';

const KNOWN = new Set(['postgres', 'clickhouse', 'kubernetes', 'email', 'launch', 'transit', 'trial']);
const { correct } = createSpelling({
  names: ['postgres', 'clickhouse', 'kubernetes', 'email', 'trail'],
  stems: ['transit', 'launch', 'trial'],
  isKnown: (word) => KNOWN.has(word),
});
const read = (request: string): string => correct(request).request;

test('reads two swapped letters as they were meant', () => {
  expect(read('send an emial')).toBe('send an email');
  expect(read('Tranist the issue')).toBe('transit the issue');
  expect(correct('emial').corrections).toEqual([{ from: 'emial', to: 'email' }]);
});

test('in a long name reads one letter wrong, missing or too many as it was meant', () => {
  for (const typed of ['clikhouse', 'clickkhouse', 'clickhousw']) expect(read(typed)).toBe('clickhouse');
  expect(read('kubernetis pods')).toBe('kubernetes pods');
});

test('leaves alone what may be another word, an ending, a name of a file or an address', () => {
  for (const text of [
    'tell them that lunch is ready',
    'postgress',
    'postgr',
    'the genre of a song',
    'open emial.txt',
    'write to emial@example.org',
    'my_emial',
    'trial and trail',
    'épices emiäl',
  ])
    expect(read(text)).toBe(text);
});
