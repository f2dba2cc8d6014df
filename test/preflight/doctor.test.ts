import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { start } from '../support/cli.ts';
import { withBench } from './workbench.ts';

const MANIFEST = '.config/claude/claude_desktop_config.json';
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/servers/${name}`, import.meta.url));
const echo = { command: 'node', args: [fixture('echo.mjs')] };

describe.concurrent('doctor', () => {
  test('never prints a key, whatever the server says about it', async () => {
    const key = 'k3y-0f-th3-t3st-9f8e7d6c';
    const { findings, printed } = await withBench(async (bench) => {
      bench.env.MY_KEY = key;
      const leak = "console.error('The key ' + process.env.API_KEY + ' is no good'); process.exit(1);";
      const entry = { command: 'node', args: ['-e', leak], env: { API_KEY: '${MY_KEY}' } };
      const script = await bench.write(
        'fails.mjs',
        `import { serve, text, tool } from ${JSON.stringify(fixture('lib.mjs'))};
         serve({ tools: [tool('list_allowed_directories')],
           call: () => ({ isError: true, ...text('no luck with ' + process.env.API_KEY) }) });`,
      );
      const fails = { ...entry, args: [script] };
      const lock = {
        source: { type: 'command' },
        lockedAt: '2026-01-01T00:00:00.000Z',
        catalog: 'filesystem',
      };
      await bench.write(
        '.config/claude/mcpctl-lock.json',
        JSON.stringify({ lockfileVersion: 1, servers: { fails: lock } }),
      );
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { leaks: entry, fails } }));
      const report = await bench.doctor(['--only', 'servers']);
      return { findings: report.findings, printed: JSON.stringify(report) };
    });

    expect(findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['SERVER_EXITED', 'SERVER_FIRST_CALL_FAILED']),
    );
    expect(printed).not.toContain(key);
  });

  test('stops what it started when it is interrupted', async () => {
    const { status, alive } = await withBench(async (bench) => {
      const pidFile = join(bench.home, 'pid');
      const hang = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`;
      const hangs = { command: 'node', args: ['-e', hang] };
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { hangs } }));
      const child = start(['doctor', '--only', 'servers'], { home: bench.home, env: bench.env });
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      const pid = await vi.waitFor(async () => Number((await readFile(pidFile, 'utf8')) || Number.NaN), {
        timeout: 30_000,
      });
      child.kill('SIGINT');
      return { status: await ended, alive: isAlive(pid) };
    });

    expect(status).toBe(130);
    expect(alive).toBe(false);
  });

  test('prints areas, marks, causes and fixes, and one line of summary', async () => {
    const { text, status } = await withBench(async (bench) => {
      await bench.without('npm');
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { one: echo, two: echo } }));
      const child = start(['doctor', '--offline'], { home: bench.home, env: bench.env });
      let said = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk) => {
        said += chunk;
      });
      return { status: await new Promise((resolve) => child.on('close', resolve)), text: said };
    });

    expect(status).toBe(5);
    expect(text).toMatch(/^machine\n/);
    expect(text).toContain('✖  npm');
    expect(text).toMatch(/error NPM_MISSING npm is not on PATH\.\n {2}why .*\n {2}fix nvm install 22/);
    expect(text).toContain('info SERVER_NOT_LOCKED one, two\n');
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^\d+ checks: 1 error, 0 warnings\.$/);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

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

  test('puts client files right and keeps what they held', async () => {
    const DESKTOP = '.config/Claude/claude_desktop_config.json';
    const { diagnosis, desktop, code } = await withBench(async (bench) => {
      await bench.write('.claude.json', '{"numStartups": 3}');
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { echo } }));
      await bench.mcpctl(['sync', '--yes']);
      await bench.write('.claude.json', '{"numStartups": 4}');
      await bench.write(
        DESKTOP,
        '\uFEFF{\n  // a remark\n  "theme": "dark // no remark",\n  "mcpServers": {},\n}\n',
      );
      const report = await bench.doctor(['--only', 'clients', '--fix', '--yes']);
      const read = async (path: string) => JSON.parse(await readFile(join(bench.home, path), 'utf8'));
      return { diagnosis: report, desktop: await read(DESKTOP), code: await read('.claude.json') };
    });

    expect(diagnosis.fixed?.map(({ ok }) => ok)).toEqual([true, true]);
    expect(desktop).toEqual({ theme: 'dark // no remark', mcpServers: {} });
    expect(code).toMatchObject({
      numStartups: 4,
      mcpServers: { echo: { args: [expect.any(String), 'run', 'echo'] } },
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
