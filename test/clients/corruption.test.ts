import { expect, test } from 'vitest';
import type { ClientAdapter } from '../../src/clients/adapter.ts';
import { CLIENTS } from '../../src/clients/all.ts';
import { ERROR_CODES } from '../../src/core/error-codes.ts';
import { createRandom, type Random } from '../support/random.ts';
import { fixture, parse, planText, serversOf } from './planning.ts';

const ROUNDS = 500;

const INSERTS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '//',
  '/*',
  '#',
  '=',
  '\u0000',
  '\uFEFF',
  '\r',
  '\n',
  '  ',
  '\t',
  'null',
  '12',
  '"mine": 1,',
  '__proto__',
  'é😀',
  '- ',
  '|',
  '&a',
  '*a',
  '[[x]]',
];

/** One to three random injuries: what crashes, half-done saves, merges and careless edits leave behind. */
function corrupt(text: string, random: Random): string {
  let result = text;
  const at = (): number => random.below(result.length + 1);
  const injuries: readonly (() => string)[] = [
    () => result.slice(0, at()),
    () => result.slice(at()),
    () => {
      const from = at();
      return result.slice(0, from) + result.slice(from + 1 + random.below(12));
    },
    () => {
      const from = at();
      return result.slice(0, from) + random.pick(INSERTS) + result.slice(from);
    },
    () => {
      const from = at();
      return result.slice(0, from) + String.fromCharCode(32 + random.below(95)) + result.slice(from + 1);
    },
    () => {
      const lines = result.split('\n');
      const line = random.below(lines.length);
      return lines.toSpliced(random.below(lines.length), 0, lines[line] ?? '').join('\n');
    },
    () => {
      const lines = result.split('\n');
      return lines.toSpliced(random.below(lines.length), 1).join('\n');
    },
    () => {
      const lines = result.split('\n');
      const line = random.below(lines.length);
      return lines
        .with(line, `<<<<<<< HEAD\n${lines[line]}\n=======\n${lines[line]}\n>>>>>>> other`)
        .join('\n');
    },
    () => result + result,
  ];
  const count = 1 + random.below(3);
  for (let round = 0; round < count; round += 1) result = random.pick(injuries)();
  return result;
}

/** What must be the same afterwards: everything but the entries the plan names, which must have been ours. */
function foreign(client: ClientAdapter, text: string, changed: ReadonlySet<string>): unknown {
  const value = parse(client, text);
  const servers = Object.entries(serversOf(client, value) ?? {});
  return {
    ...value,
    [client.section[0] ?? '']: Object.fromEntries(servers.filter(([name]) => !changed.has(name))),
  };
}

test.each(CLIENTS.map((client, index) => [client.id, client, index] as const))(
  `%s: ${ROUNDS} corrupted files, never a crash, never a lost foreign entry, always a code`,
  async (_id, client, index) => {
    const before = fixture(client, 'before');
    const random = createRandom(20_261_122 + index);
    const count = { written: 0, refused: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const text = corrupt(before, random);
      const plan = await planText(client, text);
      const errors = plan.problems.filter(({ severity }) => severity === 'error');
      for (const { code } of plan.problems) expect(ERROR_CODES).toHaveProperty(code);
      if (plan.isBlocked) {
        count.refused += 1;
        expect([text, errors.length > 0, plan.after === text]).toEqual([text, true, true]);
        continue;
      }
      count.written += 1;
      const changed = new Set(plan.changes.map(({ server }) => server));
      expect([text, foreign(client, plan.after, changed)]).toEqual([text, foreign(client, text, changed)]);
      for (const name of changed) {
        const was = JSON.stringify(serversOf(client, parse(client, text))?.[name] ?? null);
        expect([text, was]).toEqual([text, expect.stringMatching(`^null$|mcpctl.*"run","${name}"`)]);
      }
      const missing = plan.wanted.filter(
        (name) => !Object.hasOwn(serversOf(client, parse(client, plan.after)), name),
      );
      expect([text, missing]).toEqual([text, []]);
      expect((await planText(client, plan.after)).changes).toEqual([]);
    }
    // Both ends are reached, or the injuries would prove nothing.
    expect(count.refused).toBeGreaterThan(ROUNDS / 5);
    expect(count.written).toBeGreaterThan(ROUNDS / 50);
  },
);
