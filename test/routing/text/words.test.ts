import { expect, test } from 'vitest';
import { stem } from '../../../src/routing/text/stem.ts';
import { createThesaurus } from '../../../src/routing/text/thesaurus.ts';
import { termsOf, wordsOf, wordsOfName } from '../../../src/routing/text/words.ts';

// From the published vocabulary of the algorithm.
const STEMS = {
  caresses: 'caress',
  ponies: 'poni',
  cats: 'cat',
  agreed: 'agre',
  plastered: 'plaster',
  motoring: 'motor',
  conflated: 'conflat',
  hopping: 'hop',
  falling: 'fall',
  filing: 'file',
  happy: 'happi',
  relational: 'relat',
  vietnamization: 'vietnam',
  operator: 'oper',
  feudalism: 'feudal',
  triplicate: 'triplic',
  electrical: 'electr',
  goodness: 'good',
  allowance: 'allow',
  adoption: 'adopt',
  activate: 'activ',
  controll: 'control',
  roll: 'roll',
  sky: 'sky',
};

test('cuts words to the stems Porter published', () => {
  const found = Object.fromEntries(Object.keys(STEMS).map((word) => [word, stem(word)]));
  expect(found).toEqual(STEMS);
});

test('reads names as programs write them', () => {
  for (const name of ['listPullRequests', 'list_pull_requests', 'list-pull-requests', 'ListPullRequests']) {
    expect(wordsOfName(name)).toEqual(['list', 'pull', 'requests']);
  }
  expect(wordsOfName('getHTTPHeader')).toEqual(['get', 'http', 'header']);
});

test('reads possessives, accents and Chinese, which has no spaces', () => {
  expect(wordsOf("Grafana's dashboards don't load")).toEqual(['grafana', 'dashboards', 'dont', 'load']);
  expect(wordsOf('Tâches à Zürich')).toEqual(['tâches', 'à', 'zürich']);
  expect(wordsOf('搜索网页 with Bing')).toEqual(['搜索', '索网', '网页', 'with', 'bing']);
});

test('drops words that say nothing and keeps repetitions', () => {
  expect(termsOf(wordsOf('Please show me the issues of this issue tracker'))).toEqual([
    'issu',
    'issu',
    'tracker',
  ]);
});

test('knows other words, and what abbreviations and phrases stand for', () => {
  const thesaurus = createThesaurus(['pull request, pr', 'delete, remove, erase']);

  expect(thesaurus.alternatives('delet')).toEqual(['remov', 'eras']);
  expect([...thesaurus.implied(['open', 'a', 'pr'])]).toEqual(['pull', 'request']);
  expect([...thesaurus.implied(['this', 'pull', 'request'])]).toEqual(['pr']);
});
