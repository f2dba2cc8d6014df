import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { type Change, splice, valueAt, withId } from '../../src/mcp/splice.ts';
import { createRandom, type Random } from '../support/random.ts';

const NAMES = ['id', 'params', '_meta', 'a', 'b"c', 'é', '\u0001', '__proto__', '', 'x/y', '\ud83d\ude00'];

function spliced(text: string, ...changes: Change[]): string {
  return splice(Buffer.from(text), changes).toString();
}

describe('splice', () => {
  test.each([
    ['sets a member', '{"a":1,"b":2}', { path: ['a'], json: '"x"' }, '{"a":"x","b":2}'],
    ['adds a member', '{"a":1 }\n', { path: ['b'], json: '2' }, '{"a":1,"b":2 }\n'],
    ['adds to an empty object', ' { } ', { path: ['b'], json: '2' }, ' { "b":2} '],
    ['removes the first', '{ "a":1, "b":2}', { path: ['a'], json: undefined }, '{ "b":2}'],
    ['removes the last', '{"a":1, "b":2 }', { path: ['b'], json: undefined }, '{"a":1 }'],
    ['removes the only one', '{ "a":1 }', { path: ['a'], json: undefined }, '{  }'],
    ['leaves what is not there', '{"a":{}}', { path: ['b', 'c'], json: undefined }, '{"a":{}}'],
    ['makes what is missing', '{}', { path: ['a', 'b', 'c'], json: '1' }, '{"a":{"b":{"c":1}}}'],
    ['makes objects of other things', '{"a":[1]}', { path: ['a', 'b'], json: '1' }, '{"a":{"b":1}}'],
    ['removes nothing from other things', '{"a":[1]}', { path: ['a', 'b'], json: undefined }, '{"a":[1]}'],
    ['knows an escaped name', '{"\\u0061":1}', { path: ['a'], json: '2' }, '{"\\u0061":2}'],
  ])('%s', (_name, text, change: Change, expected) => {
    expect(spliced(text, change)).toBe(expected);
  });

  test('leaves numbers, order, white space and escapes alone', () => {
    const rest = '"n" : 12345678901234567890.10e+2 ,\t"s":"\\u00e9\\/é" , "l":[ 1 , { "id":1 } ]';

    expect(spliced(`{ ${rest} , "id" : 1 }`, { path: ['id'], json: '9' })).toBe(`{ ${rest} , "id" : 9 }`);
  });

  test('leaves one of several members with one name: the last', () => {
    const text =
      '{"name":"safe","params":{"name":"a","big":12345678901234567890,"n\\u0061me":"b"},"name":"evil"}';

    expect(spliced(text, { path: ['params', 'x'], json: '1' })).toBe(
      '{"params":{"big":12345678901234567890,"n\\u0061me":"b","x":1},"name":"evil"}',
    );
  });

  test.each([
    '',
    '[]',
    '1',
    'null',
    '"{"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '{"a" 1}',
    '{a:1}',
    '{"a":"',
  ])('refuses %j', (text) => {
    expect(() => spliced(text, { path: ['a'], json: '1' })).toThrow(SyntaxError);
  });

  test('takes nesting of any depth', () => {
    const deep = `${'[{"a":'.repeat(200_000)}1${'}]'.repeat(200_000)}`;
    const text = `{"deep":${deep},"id":1}`;

    expect(spliced(text, { path: ['id'], json: '2' })).toBe(`{"deep":${deep},"id":2}`);
    expect(spliced(text, { path: ['deep', 'a'], json: '2' })).toBe('{"deep":{"a":2},"id":1}');
    expect(() => spliced(`{"deep":${'['.repeat(1_000_000)}`, { path: ['id'], json: '2' })).toThrow(
      SyntaxError,
    );
  });

  test('does to random documents what assignment does', () => {
    for (let seed = 1; seed <= 3000; seed += 1) {
      const random = createRandom(seed);
      const before = randomObject(random, 3);
      const text = written(random, before);
      const changes = randomChanges(random);
      const after = JSON.parse(text) as JsonObject;
      for (const change of changes) assign(after, change);

      const result = spliced(text, ...changes);

      expect(JSON.parse(result), `seed ${seed}: ${text} ${JSON.stringify(changes)}`).toEqual(after);
    }
  });
});

describe('valueAt', () => {
  test('finds what parsing finds in random documents', () => {
    for (let seed = 1; seed <= 1000; seed += 1) {
      const random = createRandom(seed);
      const text = written(random, randomObject(random, 3));
      const [{ path } = { path: [] }] = randomChanges(random);
      let expected: Json | undefined = JSON.parse(text) as Json;
      for (const name of path) {
        expected =
          typeof expected === 'object' &&
          !Array.isArray(expected) &&
          expected &&
          Object.hasOwn(expected, name)
            ? expected[name]
            : undefined;
      }

      const found = valueAt(Buffer.from(text), path)?.toString();

      expect(found === undefined ? undefined : JSON.parse(found), `seed ${seed}`).toEqual(expected);
    }
  });

  test('gives the text of the last of several members', () => {
    expect(valueAt(Buffer.from('{"p":{"a":1,"a": 1e400 }}'), ['p', 'a'])?.toString()).toBe('1e400');
  });
});

describe('withId', () => {
  const big = 'x'.repeat(1_000_000);

  test.each([
    ['first', `{"jsonrpc":"2.0","id":12345678901234567890,"result":{"t":"${big}"}}`],
    ['last', `{"result":{"t":"${big}"},"jsonrpc":"2.0","id":"a" }\n`],
    ['alone', '{"id":null}'],
    ['between', `{"result":{"t":"${big}"},"id":1,"more":{"t":"${big}"}}`],
    ['beside others within', `{"jsonrpc":"2.0","id":1,"result":{"id":4,"t":"\\"id\\":9${big}"}}`],
  ])('replaces an id that is %s', (_where, text) => {
    const { id, ...rest } = JSON.parse(text);
    const result = withId(Buffer.from(text), '"new"').toString();

    expect(id).toBeDefined();
    expect(JSON.parse(result)).toEqual({ ...rest, id: 'new' });
    expect(result.length - text.length).toBe('"new"'.length - /"id":(\d+|"a"|null)/.exec(text)![1]!.length);
  });

  test.each([
    ['hidden between', `{"id":1,"result":{"t":"${big}"},"id":6,"error":{}}`],
    ['written with escapes', `{"id":1,"result":{"t":"${big}"},"\\u0069d":6,"error":{}}`],
    ['written with other escapes', `{"id":1,"result":{"t":"${big}"},"i\\u0064":6,"error":{}}`],
    ['at both ends', '{"id":1,"result":{},"id":6}'],
  ])('is not fooled by a second id %s', (_where, text) => {
    const result = withId(Buffer.from(text), '3').toString();

    expect(JSON.parse(result).id).toBe(3);
    expect(result).not.toMatch(/:6[,}]|"id":1/);
  });

  test('gives an id to what has none', () => {
    expect(withId(Buffer.from('{"method":"x"}'), '3').toString()).toBe('{"method":"x","id":3}');
  });
});

function randomObject(random: Random, depth: number): JsonObject {
  const object: JsonObject = {};
  for (let count = random.below(5); count > 0; count -= 1) {
    const value = randomValue(random, depth);
    Object.defineProperty(object, random.pick(NAMES), {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

function randomValue(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 8 : 6);
  if (kind === 6) return randomObject(random, depth - 1);
  if (kind === 7) return Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1));
  return [
    null,
    random.once(2),
    random.below(1e9),
    `${random.pick(NAMES)}\\"{}[]`,
    'long '.repeat(30),
    -1.5e-7,
  ][kind] as Json;
}

/** JSON text with white space anywhere, some names twice, some letters escaped. */
function written(random: Random, value: Json): string {
  const space = (): string => random.pick(['', '', ' ', '\n', '\t\r ']);
  const string = (text: string): string => {
    const json = JSON.stringify(text);
    return random.once(4)
      ? json.replaceAll(/[ad]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
      : json;
  };
  const any = (item: Json): string => {
    if (Array.isArray(item)) return `[${item.map((each) => space() + any(each) + space()).join(',')}]`;
    if (typeof item === 'string') return string(item);
    if (typeof item !== 'object' || item === null) return JSON.stringify(item);
    const members = Object.entries(item).flatMap(([name, each]) => {
      const member = `${space()}${string(name)}${space()}:${space()}${any(each)}${space()}`;
      return random.once(5) ? [`${string(name)}:{"old":1}`, member] : [member];
    });
    return `{${members.join(',') || space()}}`;
  };
  return space() + any(value) + space();
}

function randomChanges(random: Random): Change[] {
  const changes: Change[] = [];
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const path = Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES));
    const begins = (one: readonly string[], other: readonly string[]): boolean =>
      one.every((name, index) => name === other[index]);
    if (changes.some((change) => begins(change.path, path) || begins(path, change.path))) continue;
    const json = random.once(3) ? undefined : JSON.stringify(randomValue(random, 1));
    changes.push({ path, json });
  }
  return changes;
}

function assign(object: JsonObject, { path, json }: Change): void {
  const [first = '', ...rest] = path;
  const held = Object.hasOwn(object, first) ? object[first] : undefined;
  const isObject = typeof held === 'object' && held !== null && !Array.isArray(held);
  if (rest.length === 0 && json === undefined) delete object[first];
  if (json === undefined && (rest.length === 0 || !isObject)) return;
  const value = rest.length === 0 ? (JSON.parse(json as string) as Json) : isObject ? held : {};
  Object.defineProperty(object, first, { value, enumerable: true, configurable: true, writable: true });
  if (rest.length > 0) assign(value as JsonObject, { path: rest, json });
}
