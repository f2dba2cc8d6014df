import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { withBench } from './workbench.ts';

describe.concurrent('a healthy machine', () => {
  test('that is empty has nothing wrong', async () => {
    const { status, findings, stderr } = await withBench((bench) => bench.doctor(['--only', 'machine']));

    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(status).toBe(0);
    expect(stderr).toBe('');
  });

  test('with private folders and a proxy that works has nothing wrong', async () => {
    const diagnosis = await withBench(async (bench) => {
      const registry = await bench.serve((_request, response) => response.end('{}'));
      bench.env.HTTP_PROXY = registry;
      bench.env.npm_config_registry = 'http://registry.invalid/';
      await bench.folder('.local/state/mcpctl/audit');
      await bench.folder('.local/state/mcpctl');
      return await bench.doctor(['--only', 'machine']);
    });

    expect(diagnosis.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});

const packageFile = (path: string) =>
  fileURLToPath(new URL(`../../node_modules/@modelcontextprotocol/${path}`, import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/servers/${name}`, import.meta.url));

describe.concurrent('healthy servers', () => {
  test('of the reference packages have nothing wrong, in both manifests', async () => {
    const { status, findings, checks } = await withBench(async (bench) => {
      const { home, project } = bench;
      await bench.write(
        '.config/claude/claude_desktop_config.json',
        `// mine\n${JSON.stringify({
          mcpServers: {
            files: { command: 'node', args: [packageFile('server-filesystem/dist/index.js'), home] },
            everything: { command: 'node', args: [packageFile('server-everything/dist/index.js'), 'stdio'] },
            modern: { command: process.execPath, args: [fixture('modern.mjs')] },
            off: { command: 'no-such-program', disabled: true },
          },
        })}`,
      );
      const memory = {
        command: 'node',
        args: [packageFile('server-memory/dist/index.js')],
        env: { MEMORY_FILE_PATH: '${MEMORY_FILE:-memory.json}' },
      };
      await bench.write(
        `${project.slice(home.length + 1)}/.claude/claude_desktop_config.json`,
        JSON.stringify({ mcpServers: { memory } }),
      );
      return await bench.doctor([]);
    });

    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(status).toBe(0);
    const states = Object.fromEntries(checks.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({
      files: 'info',
      everything: 'info',
      modern: 'info',
      memory: 'info',
      off: 'skipped',
    });
    expect(checks.find(({ id }) => id === 'modern')?.detail).toContain('2026-07-28');
    expect(checks.find(({ id }) => id === 'everything')?.detail).toMatch(/2025-11-25, \d+ tools, \d+ ms/);
  });

  test('are checked alone when they are named', async () => {
    const { checks } = await withBench(async (bench) => {
      const entry = { command: 'node', args: [fixture('echo.mjs')] };
      const mcpServers = { one: entry, two: entry };
      await bench.write('.config/claude/claude_desktop_config.json', JSON.stringify({ mcpServers }));
      return await bench.doctor(['two']);
    });

    expect(checks.map(({ id }) => id)).toEqual(['manifest-user', 'two']);
  });

  test('that do not exist are refused by name', async () => {
    const refused = await withBench((bench) => bench.doctor(['nope']).catch(String));

    expect(refused).toContain('SERVER_UNKNOWN');
    expect(refused).toContain('nope');
  });
});

describe.concurrent('doctor --fix', () => {
  test('shows the safe fixes, applies them with --yes and looks again', async () => {
    const { diagnosis, mode, temporary } = await withBench(async (bench) => {
      const state = await bench.folder('.local/state/mcpctl', 0o755);
      bench.env.TMPDIR = join(bench.home, 'scratch');
      const report = await bench.doctor(['--only', 'machine', '--offline', '--fix', '--yes']);
      return {
        diagnosis: report,
        mode: (await stat(state)).mode & 0o777,
        temporary: (await stat(bench.env.TMPDIR)).isDirectory(),
      };
    });

    expect(diagnosis.fixed?.map(({ code, ok }) => [code, ok])).toEqual([
      ['FOLDER_OPEN_TO_OTHERS', true],
      ['TEMPORARY_FOLDER_UNUSABLE', true],
    ]);
    expect(diagnosis.stderr).toContain('chmod 700');
    expect({ mode, temporary, status: diagnosis.status }).toEqual({
      mode: 0o700,
      temporary: true,
      status: 0,
    });
    expect(diagnosis.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  test('changes nothing without consent', async () => {
    const { error, mode } = await withBench(async (bench) => {
      const state = await bench.folder('.local/state/mcpctl', 0o755);
      const refused = await bench.doctor(['--only', 'machine', '--offline', '--fix']).catch(String);
      return { error: refused, mode: (await stat(state)).mode & 0o777 };
    });

    expect(error).toContain('CONFIRMATION_NEEDED');
    expect(error).toContain('--yes');
    expect(mode).toBe(0o755);
  });
});
