import { expect, test } from 'vitest';
import { addressTable } from '../../../src/gateway/hub/addresses.ts';
import { nameTable, type Origin } from '../../../src/gateway/hub/names.ts';

const ALLOWED = /^[A-Za-z0-9_-]{1,64}$/;

function shownNames(origins: readonly Origin[]): string[] {
  const table = nameTable(origins);
  return origins.map((origin) => {
    const name = table.shownFor(origin) as string;
    expect(table.originOf(name)).toEqual(origin);
    return name;
  });
}

test('puts the server before the name', () => {
  expect(shownNames([{ server: 'linear', name: 'list_issues' }])).toEqual(['linear__list_issues']);
});

test('gives every origin a name of its own that the strictest clients take', () => {
  const origins = [
    { server: 'a', name: 'b__c' },
    { server: 'a__b', name: 'c' },
    { server: 'a_', name: 'b' },
    { server: 'a', name: '_b' },
    { server: 'a', name: 'x.y' },
    { server: 'a', name: 'x/y' },
    { server: 'a', name: 'x_y' },
    { server: 'Ä', name: 'é' },
    { server: 'a', name: '' },
    { server: 'a', name: 'n'.repeat(64) },
    { server: 'a', name: `${'n'.repeat(64)}1` },
    { server: 'a'.repeat(70), name: 'x' },
    { server: 'a'.repeat(70), name: 'y' },
  ];

  const names = shownNames(origins);

  expect(new Set(names).size).toBe(origins.length);
  for (const name of names) expect(name).toMatch(ALLOWED);
});

test('keeps a name whatever else is in the list, in whatever order', () => {
  const long = { server: 'files', name: `read_${'x'.repeat(80)}` };
  const plain = { server: 'files', name: 'read' };
  const [alone] = shownNames([long]);

  const others = Array.from({ length: 500 }, (_, index) => ({ server: `s${index}`, name: long.name }));

  const table = nameTable([...others, plain, long, plain]);
  expect(table.shownFor(long)).toBe(alone);
  expect(table.shownFor(plain)).toBe('files__read');
});

test('a tool that is named like the hash of another takes nobody’s name', () => {
  const odd = { server: 'a', name: 'x.y' };
  const [hashed] = shownNames([odd]);
  const imitator = { server: 'a', name: hashed?.slice('a__'.length) as string };

  const names = shownNames([odd, imitator]);

  expect(names[1]).toBe(hashed);
  expect(names[0]).not.toBe(hashed);
  expect(names[0]).toMatch(ALLOWED);
});

test('a name nobody has leads nowhere', () => {
  expect(nameTable([{ server: 'a', name: 'b' }]).originOf('a__c')).toBeUndefined();
});

test('resources keep their address, and the second server with the same gets it wrapped', () => {
  const first = { server: 'one', name: 'demo://x/{id}?q=1#f' };
  const second = { server: 'two & three', name: first.name };
  const table = addressTable([first, second, { server: 'two & three', name: 'own://y' }]);

  expect(table.shownFor(first)).toBe(first.name);
  expect(table.shownFor(second)).toBe('mcpctl://two%20%26%20three/demo://x/{id}?q=1#f');
  expect(table.shownFor({ server: 'two & three', name: 'own://y' })).toBe('own://y');
  for (const origin of [first, second]) expect(table.originOf(table.shownFor(origin))).toEqual(origin);
  expect(table.originOf('mcpctl://%E0/x')).toBeUndefined();
});
