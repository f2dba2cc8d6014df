import { expect, test } from 'vitest';
import { kindOfScope } from '../../src/core/scope-kind.ts';

test.each([
  ['read', 'read'],
  ['read:org', 'read'],
  ['channels:history', 'read'],
  ['https://www.googleapis.com/auth/compute.readonly', 'read'],
  ['offline_access', 'read'],
  ['write', 'write'],
  ['issues:create', 'write'],
  ['write:page:confluence', 'write'],
  ['read_write', 'write'],
  ['repo', 'write'],
  ['mcp', 'write'],
  ['https://www.googleapis.com/auth/cloud-platform', 'write'],
  ['admin:org', 'admin'],
  ['delete_repo', 'admin'],
  ['manage:jira-project', 'admin'],
  ['thread', 'write'],
  ['administrator-notes:view', 'read'],
])('%s is %s', (scope, kind) => {
  expect(kindOfScope(scope)).toBe(kind);
});
