import { expect, test } from 'vitest';
import { type Selection, selectStatement } from '../src/database/select.ts';

const planets = { schema: 'public', name: 'planets', columns: [{ name: 'name' }, { name: 'odd"one' }] };

const select = (more: Partial<Selection>) =>
  selectStatement({ table: planets, filters: [], order: [], limit: 10, offset: 0, ...more });

test('values are parameters and names are quoted', () => {
  const evil = "'; drop table planets; --";

  const { text, values } = select({
    columns: ['odd"one'],
    filters: [{ column: 'name', operator: '=', value: evil }],
    order: [{ column: 'name', direction: 'desc' }],
  });

  expect(text).not.toContain('drop');
  expect(text).toContain(
    'select "odd""one" from "public"."planets" where "name" = $1 order by "name" desc limit $2 offset $3',
  );
  expect(values).toEqual([evil, 10, 0]);
});

test.each([
  { columns: ['name; drop table planets'] },
  { filters: [{ column: '1=1 or name', operator: '=' as const, value: 1 }] },
  { order: [{ column: 'random()', direction: 'asc' as const }] },
])('only columns of the table are names: %j', (more) => {
  expect(() => select(more)).toThrow(expect.objectContaining({ code: 'COLUMN_UNKNOWN' }));
});

test('null has no value, everything else needs one', () => {
  expect(select({ filters: [{ column: 'name', operator: 'is null' }] }).text).toContain(
    'where "name" is null',
  );
  expect(() => select({ filters: [{ column: 'name', operator: '=' }] })).toThrow(/needs a value/);
});
