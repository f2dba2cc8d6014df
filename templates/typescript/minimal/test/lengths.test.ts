import { expect, test } from 'vitest';
import { convert } from '../src/lengths.ts';

test('converts and rounds to the wanted digits', () => {
  expect(convert({ value: 1, from: 'mi', to: 'km' }, 3)).toBe(1.609);
  expect(convert({ value: 1, from: 'mi', to: 'km' }, 0)).toBe(2);
  expect(convert({ value: 0, from: 'in', to: 'ft' }, 3)).toBe(0);
});

test('refuses lengths below zero', () => {
  expect(() => convert({ value: -1, from: 'm', to: 'km' }, 3)).toThrow(
    expect.objectContaining({ code: 'NEGATIVE_LENGTH' }),
  );
});
