import { expect, test } from 'vitest';
import { firstToStop, Stop } from '../../src/core/stop.ts';

test('tells every listener once, those who left not, and those who come later not at all', () => {
  const stop = new Stop();
  const told: string[] = [];
  const leaves = (): void => void told.push('left');
  stop.addEventListener('abort', leaves);
  stop.addEventListener('abort', () => told.push(`stays: ${stop.reason}`));
  stop.removeEventListener('abort', leaves);

  stop.abort('first');
  stop.abort('second');
  stop.addEventListener('abort', leaves);

  expect(told).toEqual(['stays: first']);
  expect(() => stop.throwIfAborted()).toThrow('first');
});

test('a listener that leaves while others are told takes nobody with it', () => {
  const stop = new Stop();
  const told: number[] = [];
  const second = (): void => void told.push(2);
  stop.addEventListener('abort', () => stop.removeEventListener('abort', second));
  stop.addEventListener('abort', second);
  stop.addEventListener('abort', () => told.push(3));

  stop.abort('over');

  expect(told).toEqual([2, 3]);
});

test('several signals stop one, the first with its reason, also one that was aborted before', () => {
  const [one, other] = [new Stop(), new AbortController()];
  const either = firstToStop([one, other.signal]);
  expect(either.aborted).toBe(false);

  other.abort('other');
  one.abort('one');

  expect([either.aborted, either.reason]).toEqual([true, 'other']);
  expect(firstToStop([new Stop(), one]).reason).toBe('one');
});
