import { expect, test } from 'vitest';
import {
  answerProblem,
  legacyQuestion,
  modernQuestion,
  takesQuestion,
} from '../../../src/gateway/bridge/questions.ts';

test.each([
  [{}, 'sampling/createMessage', {}, false],
  [{ sampling: {} }, 'sampling/createMessage', {}, true],
  [{ roots: {} }, 'roots/list', {}, true],
  [{ sampling: {} }, 'roots/list', {}, false],
  [{ elicitation: {} }, 'elicitation/create', {}, true],
  [{ elicitation: {} }, 'elicitation/create', { mode: 'url' }, false],
  [{ elicitation: { url: {} } }, 'elicitation/create', { mode: 'url' }, true],
  [{ elicitation: { url: {} } }, 'elicitation/create', { mode: 'form' }, false],
  [{ elicitation: { form: {}, url: {} } }, 'elicitation/create', {}, true],
  [{ elicitation: {}, sampling: {}, roots: {} }, 'tools/call', {}, false],
])('knows that a client with %j and %s %j goes together: %s', (capabilities, method, params, expected) => {
  expect(takesQuestion(capabilities, method, params)).toBe(expected);
});

test('translates a question about an address there and back', () => {
  const legacy = { mode: 'url', url: 'https://a.example', message: 'm', elicitationId: 'e' };
  const modern = { mode: 'url', url: 'https://a.example', message: 'm' };

  expect(modernQuestion({ ...legacy, _meta: { progressToken: 1 } })).toEqual(modern);
  expect(modernQuestion({ message: 'm', _meta: { progressToken: 1, own: 2 } })).toEqual({
    message: 'm',
    _meta: { own: 2 },
  });
  expect(legacyQuestion('elicitation/create', modern)).toEqual({
    ...modern,
    elicitationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(legacyQuestion('elicitation/create', { message: 'm' })).toEqual({ message: 'm' });
});

test.each([
  ['elicitation/create', { action: 'decline' }, true],
  ['elicitation/create', { content: {} }, false],
  ['sampling/createMessage', { role: 'assistant', content: { type: 'text', text: '' } }, true],
  ['sampling/createMessage', { action: 'accept' }, false],
  ['roots/list', { roots: [] }, true],
  ['roots/list', null, false],
  ['roots/list', [], false],
])('judges an answer to %s: %j', (method, answer, isGood) => {
  expect(answerProblem(method, answer) === undefined).toBe(isGood);
});
