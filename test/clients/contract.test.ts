import { describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/clients/all.ts';
import { managedEntry } from '../../src/clients/managed.ts';
import { mergeEntry } from '../../src/clients/ownership.ts';
import { fixture, fixturePath, LAUNCHER, parse, planText, serversOf } from './planning.ts';

const BOM = '\uFEFF';
const codes = (plan: { problems: readonly { code: string; severity: string }[] }): string[] =>
  plan.problems.map(({ code, severity }) => `${severity} ${code}`);

describe.each(CLIENTS.map((client) => [client.id, client] as const))('%s', (_id, client) => {
  const before = fixture(client, 'before');
  const isJson = client.dialect.format === 'json' || client.dialect.format === 'jsonc';
  const format = client.dialect.format === 'yaml' ? 'yaml' : 'toml';
  const encoded = (name: string) =>
    client.shape.encode(managedEntry({ name, scope: 'user', launcher: LAUNCHER, env: {} }), name);

  test('adds, updates and removes entries of ours and touches nothing else', async () => {
    const plan = await planText(client, before);

    expect(codes(plan)).toEqual([]);
    expect(plan.changes.map(({ kind, server }) => `${kind} ${server}`)).toEqual([
      'add linear',
      'update memory',
      'remove old',
    ]);
    await expect(plan.after).toMatchFileSnapshot(fixturePath(client, 'after'));
    const [was, is] = [parse(client, before), parse(client, plan.after)];
    const { mine, memory } = serversOf(client, was);
    expect(serversOf(client, is)).toEqual({
      mine,
      memory: mergeEntry(memory, encoded('memory'), client.shape),
      linear: encoded('linear'),
    });
    const others = (value: Record<string, unknown>) => ({ ...value, [client.section[0] ?? '']: null });
    expect(others(is)).toEqual(others(was));
  });

  test('has nothing to do after it did everything', async () => {
    const plan = await planText(client, (await planText(client, before)).after);

    expect(plan).toMatchObject({
      changes: [],
      problems: [],
      isBlocked: false,
      current: ['linear', 'memory'],
    });
  });

  test('keeps what the user set on an entry of ours', async () => {
    const plan = await planText(client, before);
    const { launchKeys } = client.shape;
    const own = (value: Record<string, unknown> = {}) =>
      Object.fromEntries(Object.entries(value).filter(([key]) => !launchKeys.includes(key)));

    const was = own(serversOf(client, parse(client, before)).memory);
    expect(own(serversOf(client, parse(client, plan.after)).memory)).toMatchObject(was);
  });

  test('keeps every line it does not write, comments and odd numbers included', async () => {
    const { after } = await planText(client, before);
    const kept = before
      .split('\n')
      .filter((line) => !/memory|old|\/old|^\s*([-{}]|args|cmd|type|enabled|command)/.test(line));

    for (const line of kept)
      expect(after.split('\n').map((text) => text.replace(/,$/, ''))).toContain(line.replace(/,$/, ''));
  });

  test('keeps CRLF line ends', async () => {
    const plan = await planText(client, before.replaceAll('\n', '\r\n'));

    expect(plan.after.replaceAll('\r\n', '\n')).toBe(fixture(client, 'after'));
    expect(plan.after.replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('takes a byte order mark off where the client would lose the file over it', async () => {
    const plan = await planText(client, BOM + before);
    const { allowByteOrderMark } = client.dialect;

    expect(plan.isBlocked).toBe(false);
    expect(plan.after).toBe((allowByteOrderMark ? BOM : '') + fixture(client, 'after'));
    expect(codes(plan)).toEqual(allowByteOrderMark ? [] : ['warning CLIENT_FILE_BROKEN']);
  });

  test.each([
    ['an empty file', ''],
    ['no file', null],
    ['white space', ' \n\n'],
  ])('fills %s', async (_what, text) => {
    const plan = await planText(client, text);

    expect(codes(plan)).toEqual([]);
    expect(serversOf(client, parse(client, plan.after))).toEqual({
      linear: encoded('linear'),
      memory: encoded('memory'),
    });
    expect(plan.after.endsWith('\n')).toBe(true);
  });

  test('leaves a broken file alone, with a code and the line', async () => {
    const text = isJson ? before.slice(0, before.length / 2) : `${before}\n: [ = broken`;
    const plan = await planText(client, text);

    expect(plan).toMatchObject({ isBlocked: true, after: text, changes: [] });
    expect(codes(plan)).toEqual(['error CLIENT_FILE_BROKEN']);
    expect(plan.problems[0]?.message).toMatch(/:\d+:\d+: /);
  });

  test('leaves a file alone in which something else stands where servers should', async () => {
    const key = client.section[0] ?? '';
    const roots = isJson ? ['[]', '"text"', 'null', '12'] : { toml: [], yaml: ['- a\n', 'text\n'] }[format];
    const sections = isJson
      ? [`{"${key}": []}`, `{"${key}": "x"}`, `{"${key}": null}`]
      : {
          toml: [`${key} = 1\n`, `${key} = "x"\n`, `[[${key}]]\ncommand = "x"\n`],
          yaml: [`${key}: text\n`, `${key}:\n  - name: a\n`],
        }[format];
    for (const text of [...roots, ...sections]) {
      const plan = await planText(client, text);

      expect([text, plan.isBlocked, plan.after === text]).toEqual([text, true, true]);
      const code = roots.includes(text) ? 'CLIENT_FILE_BROKEN' : 'CLIENT_FILE_SHAPE';
      expect([text, ...codes(plan)]).toEqual([text, `error ${code}`]);
    }
  });

  test('leaves a file alone in which an entry to change stands twice', async () => {
    const [second, anchor] = isJson
      ? ['"memory": {"command": "x"},', '"memory":']
      : {
          toml: ['[mcp_servers.memory]\ncommand = "x"\n', '[tui]'],
          yaml: ['  memory:\n    cmd: x\n', 'last:'],
        }[format];
    const at = before.lastIndexOf(anchor ?? '');
    const text = before.slice(0, at) + second + before.slice(at);
    const plan = await planText(client, text);

    expect(plan).toMatchObject({ isBlocked: true, after: text });
    expect(codes(plan)).toContain('error CLIENT_FILE_BROKEN');
  });

  test('follows the client about comments and trailing commas', async () => {
    if (!isJson) return;
    const { allowComments, allowTrailingCommas } = client.dialect;
    const comma = before.replace(/\n\}\n$/, ',\n}\n');

    expect((await planText(client, `// note\n${before}`)).isBlocked).toBe(!allowComments);
    expect((await planText(client, comma)).isBlocked).toBe(!allowTrailingCommas);
  });

  test('leaves a foreign entry of the same name to its owner, until forced', async () => {
    const foreign = client.shape.encode({ kind: 'stdio', command: 'theirs', args: [], env: {} }, 'linear');
    const { after: text } = await planText(client, before, {
      wanted: {
        user: [
          {
            name: 'linear',
            managed: { kind: 'stdio', command: 'theirs', args: [], env: {} },
            direct: () => ({ kind: 'stdio', command: 'theirs', args: [], env: {} }),
          },
        ],
        project: [],
      },
    });
    const refused = await planText(client, text);
    expect(codes(refused)).toEqual(['error CLIENT_ENTRY_CONFLICT']);
    expect(serversOf(client, parse(client, refused.after)).linear).toEqual(foreign);

    const forced = await planText(client, text, { force: true });
    expect(codes(forced)).toEqual([]);
    expect(serversOf(client, parse(client, forced.after)).linear).toEqual(encoded('linear'));
  });
});
