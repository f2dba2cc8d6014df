import { expect, test } from 'vitest';
import { ShortLivedMap, ShortLivedSet } from '../../src/core/short-lived-map.ts';

test('a map keeps its order and its size while entries come and go', () => {
  const map = new ShortLivedMap<string>();
  map.set('2', 'two');
  map.set('__proto__', 'odd');
  map.set('1', 'one');
  map.set('2', 'deux');

  expect(map.values()).toEqual(['deux', 'odd', 'one']);
  expect([map.delete('2'), map.delete('2'), map.has('2'), map.size]).toEqual([true, false, false, 2]);
  expect(map.get('__proto__')).toBe('odd');
});

test('members of a set may leave while somebody goes through them', () => {
  const set = new ShortLivedSet<{ readonly name: string }>();
  const all = ['a', 'b', 'c'].map((name) => ({ name }));
  for (const one of all) set.add(one);
  for (const one of set.values()) set.delete(one);
  expect(set.values()).toEqual([]);

  for (const one of all) set.add(one);
  set.delete({ name: 'b' });
  expect(set.values()).toEqual(all);
});
