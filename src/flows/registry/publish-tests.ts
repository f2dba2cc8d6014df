import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';

const PROJECT_FILES = ['package.json', 'pyproject.toml'];

/**
 * Tests the server of a folder as `test-server` does. What became of it, in words; undefined for a folder without the
 * source of a server. @throws SERVER_TESTS_FAILED, and why the server could not be started.
 */
export async function testBeforePublishing(folder: string, context: Context): Promise<string | undefined> {
  if (!(await hasProject(folder))) return undefined;
  const [{ subjectOf }, { trialFlow }] = await Promise.all([
    import('../trial/subject.ts'),
    import('../trial/trial-flow.ts'),
  ]);
  const subject = await subjectOf({ words: [folder], command: undefined, env: [], args: [] }, context);
  const { failed, passed, warned, verdicts } = await trialFlow(subject, { calls: true }, context);
  if (failed === 0) return `passed, ${passed} checks${warned > 0 ? `, ${warned} with a warning` : ''}`;
  const ids = [...new Set(verdicts.filter(({ status }) => status === 'failed').map(({ id }) => id))];
  throw new McpctlError('SERVER_TESTS_FAILED', `${failed} tests of ${folder} fail: ${ids.join(', ')}.`, {
    hint: `See why: mcpctl test-server ${folder}. To publish it all the same: --no-test`,
    data: { failed, checks: ids },
  });
}

async function hasProject(folder: string): Promise<boolean> {
  const there = await Promise.all(
    PROJECT_FILES.map((name) =>
      access(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return there.includes(true);
}
