import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';
import { startPostgres } from '../support/postgres.ts';
import { startSecretService } from '../support/secret-service.ts';

const PASSWORD = 'q7Zk2LmX9vB4tRw8';

test('asks a real PostgreSQL, with the connection string in the keychain only', {
  timeout: 400_000,
}, async () => {
  const postgres = await startPostgres(PASSWORD);
  onTestFinished(postgres.stop);
  const keychain = await startSecretService();
  onTestFinished(keychain.stop);
  const { home, env } = await emptyHome(keychain.env);
  const options = { home, env, deadline: 300_000 };

  expect(
    await mcpctl(['secret', 'set', 'DSN', '--stdin'], { ...options, input: postgres.url }),
  ).toMatchObject({ status: 0 });
  const added = await mcpctlJson(['add', 'postgres', '--yes'], options);
  expect(added.document.error).toBeUndefined();
  expect(added.document.data.added[0].firstCall).toMatchObject({ tool: 'search_objects', isError: false });

  const sql = 'select count(*) as planets from planets';
  const { stdout, status } = await mcpctl(['call', 'postgres', 'execute_sql', `sql=${sql}`], options);
  expect(status).toBe(0);
  expect(stdout).toMatch(/"planets":\s*"?3"?/);
  for (const file of ['claude_desktop_config.json', 'mcpctl-lock.json']) {
    expect(await readFile(join(home, '.config/claude', file), 'utf8')).not.toContain(PASSWORD);
  }
});
