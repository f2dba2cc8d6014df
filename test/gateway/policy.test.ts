import { expect, test } from 'vitest';
import { createPolicy } from '../../src/calls/policy.ts';
import type { PolicySettings } from '../../src/settings/call-settings.ts';
import { narrowPolicy } from '../../src/settings/narrow-policy.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';

const OPEN: PolicySettings = DEFAULT_SETTINGS.policy;
const policyOf = (settings: Partial<PolicySettings>, remote: readonly string[] = []) =>
  createPolicy({ ...OPEN, ...settings }, { isRemote: (server) => remote.includes(server) });
const read = { server: 'github', tool: 'get_issue', intent: 'read' } as const;
const write = { server: 'github', tool: 'create_issue', intent: 'write' } as const;
const silent = { server: 'github', tool: 'do', intent: 'unknown' } as const;

test('without rules everything is allowed and no rule is named', () => {
  expect(policyOf({}).judge(silent)).toEqual({ isAllowed: true });
  expect(policyOf({}).restricts('github')).toBe(false);
});

test('what is denied is denied although it is allowed', () => {
  const policy = policyOf({ allow: ['github/*'], deny: ['*/create_*'] });

  expect(policy.judge(read)).toEqual({ isAllowed: true, rule: 'allow github/*' });
  expect(policy.judge(write)).toEqual({ isAllowed: false, rule: 'deny */create_*', code: 'TOOL_DENIED' });
  expect(policy.judge({ ...read, server: 'linear' })).toMatchObject({ isAllowed: false, rule: 'allow' });
});

test('in read-only mode a tool that says nothing of itself may not be called', () => {
  const policy = policyOf({ readOnly: true });

  expect([read, write, silent].map((each) => policy.judge(each).isAllowed)).toEqual([true, false, false]);
});

test('a remote server of another region, or of none that is known, gets nothing', () => {
  const policy = policyOf({ regions: { allowed: ['eu'], servers: { linear: 'eu', notion: 'us' } } }, [
    'linear',
    'notion',
    'sentry',
  ]);

  expect(
    ['linear', 'notion', 'sentry', 'files'].map((server) => policy.judge({ ...read, server }).code),
  ).toEqual([undefined, 'REGION_REFUSED', 'REGION_REFUSED', undefined]);
});

test('a project can forbid more, and nothing it says allows more', () => {
  const user: PolicySettings = {
    ...OPEN,
    allow: ['github/*'],
    deny: ['*/delete_*'],
    regions: { allowed: ['eu'], servers: {} },
  };
  const { narrowed } = narrowPolicy(user, {
    readOnly: false,
    allow: ['*/get_*', 'linear/*'],
    deny: ['*/get_secret'],
    regions: { allowed: ['eu', 'us'], servers: { github: 'eu' } },
  });
  const local = createPolicy(narrowed, { isRemote: () => false });
  const judged = (server: string, tool: string): boolean =>
    local.judge({ server, tool, intent: 'read' }).isAllowed;

  expect(judged('github', 'get_issue')).toBe(true);
  expect(judged('github', 'list_issues')).toBe(false);
  expect(judged('github', 'get_secret')).toBe(false);
  expect(judged('linear', 'get_issue')).toBe(false);
  expect(judged('github', 'delete_get_x')).toBe(false);
  // The project's word on where a server is does not count for the user's rule.
  expect(createPolicy(narrowed, { isRemote: () => true }).judge(read).code).toBe('REGION_REFUSED');
});

test("a project's read-only mode counts, and its lifting of the user's does not", () => {
  expect(narrowPolicy(OPEN, { readOnly: true }).narrowed.readOnly).toBe(true);
  expect(narrowPolicy({ ...OPEN, readOnly: true }, { readOnly: false }).narrowed.readOnly).toBe(true);
});
