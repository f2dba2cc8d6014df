import { expect, test } from 'vitest';
import { answer, guard, ToolError } from '../src/errors.ts';
import { createLog } from '../src/log.ts';

function listen() {
  const lines: string[] = [];
  const log = createLog({ level: 'info', stream: { write: (text) => lines.push(text) } });
  return { lines, log };
}

test('an answer is structured and text', async () => {
  const { log } = listen();

  const result = await guard({ tool: 'count', log }, () => answer({ count: 3 }));

  expect(result).toMatchObject({ structuredContent: { count: 3 }, content: [{ text: '{"count":3}' }] });
  expect(result.isError).toBeUndefined();
});

test('a refusal has a code, a message and a hint', async () => {
  const { log } = listen();
  const refusal = new ToolError('NOT_FOUND', 'There is no item 7.', { hint: 'List the items first.' });

  const result = await guard({ tool: 'get', log }, () => {
    throw refusal;
  });

  expect(result).toMatchObject({
    isError: true,
    content: [{ type: 'text', text: 'NOT_FOUND: There is no item 7.\nList the items first.' }],
    _meta: { error: { code: 'NOT_FOUND', isPassing: false } },
  });
});

test('a bug is logged and not shown', async () => {
  const { lines, log } = listen();

  const result = await guard({ tool: 'get', log }, () => {
    throw new Error('password=hunter2');
  });

  expect(JSON.stringify(result)).not.toContain('hunter2');
  expect(result).toMatchObject({ isError: true, _meta: { error: { code: 'INTERNAL' } } });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', message: 'tool failed', tool: 'get' });
});

test('what is below the level is not logged', () => {
  const { lines, log } = listen();

  log.debug('details');
  log.warn('careful', { times: 2 });

  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', message: 'careful', times: 2 });
});
