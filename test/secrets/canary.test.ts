import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CANARY, filesWithCanary, hits, LEAKY, leakySite } from '../support/canary.ts';
import { emptyHome, type Home, MCPCTL, mcpctl } from '../support/cli.ts';
import { watchCommandLines } from '../support/command-lines.ts';
import { startSecretService } from '../support/secret-service.ts';

/** A home whose four servers give away the one secret they get, which is in a real keyring. */
async function trap(): Promise<Home> {
  const service = await startSecretService();
  onTestFinished(service.stop);
  const { home, env } = await emptyHome({ ...service.env, NO_UPDATE_NOTIFIER: '1' });
  const leaky = (manner: string) => ({
    command: process.execPath,
    args: [LEAKY, manner],
    env: { SECRET: '${CANARY}' },
  });
  const url = await leakySite();
  const servers = {
    dies: leaky('dies'),
    babbles: leaky('babbles'),
    refuses: leaky('refuses'),
    works: leaky('works'),
    remote: { url, headers: { Authorization: 'Bearer ${CANARY}' } },
  };
  const manifest = join(home, '.config/claude/claude_desktop_config.json');
  await mkdir(join(manifest, '..'), { recursive: true });
  await writeFile(manifest, JSON.stringify({ mcpServers: servers }));
  const machine = { home, env };
  const stored = await mcpctl(['secret', 'set', 'CANARY', '--stdin'], { ...machine, input: CANARY });
  expect(stored.status).toBe(0);
  return machine;
}

const SERVERS = ['dies', 'babbles', 'refuses', 'works', 'remote'];
const COMMANDS: Record<string, string[][]> = {
  tools: [
    ['tools', '--timeout', '5s'],
    ['tools', 'refuses', '--timeout', '5s'],
  ],
  call: SERVERS.map((name) => ['call', name, 'harmless', '--timeout', '5s']),
  doctor: [['doctor']],
  'add and remove': [
    ['add', '--yes', '--name', 'extra', '--env', 'SECRET=${CANARY}', '--', process.execPath, LEAKY, 'dies'],
    [
      'add',
      '--yes',
      '--name',
      'extra',
      '--env',
      'SECRET=${CANARY}',
      '--',
      process.execPath,
      LEAKY,
      'refuses',
    ],
    ['add', '--yes', '--name', 'extra', '--env', 'SECRET=${CANARY}', '--', process.execPath, LEAKY, 'works'],
    ['remove', 'extra', '--yes'],
  ],
  'list, info, clients and sync': [['list'], ['info', 'linear'], ['clients'], ['sync', '--yes']],
  'secret list and rm': [
    ['secret', 'list'],
    ['secret', 'rm', 'CANARY', '--dry-run'],
  ],
};

for (const [name, commands] of Object.entries(COMMANDS)) {
  test(`${name}: a secret that servers shout shows up nowhere`, async () => {
    const machine = await trap();
    const commandLines = await watchCommandLines();
    const shown: string[] = [];
    for (const args of commands) {
      const [first = '', ...rest] = args;
      for (const flag of ['--verbose', '--json']) {
        const { stdout, stderr } = await mcpctl([first, flag, ...rest], machine);
        const found = hits(stdout + stderr);
        if (found.length > 0) shown.push(`${args.join(' ')} ${flag}: ${found.join(' ')}\n${stdout}${stderr}`);
      }
    }

    expect(shown).toEqual([]);
    expect(await filesWithCanary(machine.home)).toEqual([]);
    const lines = await commandLines();
    expect(lines.filter((line) => hits(line).length > 0)).toEqual([]);
    expect(lines.some((line) => line.includes(MCPCTL))).toBe(true);
  });
}

test('run: what servers say on stderr and between messages is told without the secret', async () => {
  const machine = await trap();
  for (const server of SERVERS) {
    const child = spawn(process.execPath, [MCPCTL, 'run', server, '--verbose'], {
      env: machine.env,
      cwd: machine.home,
    });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
    child.stdout.resume();
    child.stdin.on('error', () => {});
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 't', version: '1' },
    };
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
    const closed = once(child, 'close');
    // An answer, or the end, means that the server has said what it wanted to say.
    await Promise.race([once(child.stdout, 'data'), closed]);
    child.stdin.end();
    await closed;

    if (server !== 'remote') expect(told, server).toContain('•••');
    expect(hits(told), server).toEqual([]);
  }

  expect(await filesWithCanary(machine.home)).toEqual([]);
  expect((await readdir(join(machine.home, '.local/state/mcpctl/logs'))).length).toBeGreaterThan(0);
});
