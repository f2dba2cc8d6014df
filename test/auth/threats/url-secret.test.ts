import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mcpctl } from '../../support/cli.ts';
import { writeManifest } from '../../support/servers.ts';
import { bench } from './bench.ts';

const KEY = 'sup3r-s3cret-in-the-query';

test('a key in the query of an address is neither printed nor written down', async () => {
  const { home, env, issuer, server } = await bench({ env: { KEY } });
  await writeManifest(home, { subject: { url: `${server.url}?key=\${KEY}`, auth: 'oauth' } });
  const login = ['auth', 'login', 'subject', '--store', 'file', '--yes'];
  const commands = [
    [...login, '--dry-run'],
    login,
    ['auth', 'status'],
    ['auth', 'refresh', 'subject'],
    ['call', 'subject', 'whoami'],
  ];
  const run = async (command: string[], isGood: boolean): Promise<void> => {
    const { status, stdout, stderr } = await mcpctl([...command, '--json', '--verbose'], { home, env });
    expect(stdout + stderr, command.join(' ')).not.toContain(KEY);
    expect(status === 0, `${command.join(' ')}: ${stdout}`).toBe(isGood);
  };
  for (const command of commands) await run(command, true);

  server.describe({ authorization_servers: ['https://moved.example'] });
  await run(login, false);
  server.describe({ resource: 'https://bank.example/mcp' });
  await run(login, false);
  server.describe({ authorization_servers: [] });
  await run(login, false);
  server.challenge({ resource_metadata: `${server.origin}/nowhere` });
  await run(login, false);
  await server.close();
  await run(login, false);
  await run(['call', 'subject', 'whoami'], false);
  await run(['auth', 'logout', 'subject'], true);
  await issuer.close();

  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    expect(await readFile(join(entry.parentPath, entry.name), 'utf8'), entry.name).not.toContain(KEY);
  }
});
