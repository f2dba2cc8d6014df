import { appendFile, readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { start } from '../support/cli.ts';
import { freePort, spawnEverything } from '../support/http-servers.ts';
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

const MANIFEST = '.config/claude/claude_desktop_config.json';
const packageFile = (path: string) =>
  fileURLToPath(new URL(`../../node_modules/@modelcontextprotocol/${path}`, import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/servers/${name}`, import.meta.url));

describe.concurrent('healthy servers', () => {
  test('whose programs stand in the clients themselves have nothing wrong', async () => {
    const { findings } = await withBench(async (bench) => {
      const url = await bench.serve((_request, response) => response.writeHead(401).end());
      await bench.write('.claude.json', '{}');
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { remote: { url: `${url}/mcp` } } }));
      const source = { type: 'remote', url: `${url}/mcp`, transport: 'sse' };
      const lock = { source, lockedAt: '2026-01-01T00:00:00.000Z' };
      await bench.write(
        '.config/claude/mcpctl-lock.json',
        JSON.stringify({ lockfileVersion: 1, servers: { remote: lock } }),
      );
      await bench.mcpctl(['sync', '--direct', '--yes']);
      return await bench.doctor(['--only', 'clients']);
    });

    expect(findings).toEqual([]);
  });

  test('of an archived package are not measured by what its successor needs', async () => {
    const { findings } = await withBench(async (bench) => {
      await bench.program('npx', `exec node ${fixture('echo.mjs')}`);
      const args = ['-y', '@modelcontextprotocol/server-postgres@0.6.2', 'postgres://127.0.0.1/x'];
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { old: { command: 'npx', args } } }));
      return await bench.doctor(['--only', 'servers']);
    });

    expect(findings.map(({ code }) => code)).toEqual(['SERVER_NOT_LOCKED']);
  });

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

const echo = { command: 'node', args: [fixture('echo.mjs')] };

describe('healthy HTTP servers', () => {
  test.each([
    ['streamableHttp', 'mcp'],
    ['sse', 'sse'],
  ] as const)('over %s have nothing wrong', async (mode, path) => {
    const { findings, checks } = await withBench(async (bench) => {
      const port = await freePort();
      const { child } = await spawnEverything(mode, port);
      bench.onCleanUp(() => child.kill('SIGKILL'));
      const local = { url: `http://127.0.0.1:${port}/${path}`, ...(mode === 'sse' && { type: 'sse' }) };
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { local } }));
      return await bench.doctor(['local', '--offline']);
    });

    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(checks.find(({ id }) => id === 'local')?.detail).toMatch(/2025-11-25, \d+ tools/);
  });
});

describe('an installed server', () => {
  test('is healthy, found when its files change, and installed again by --fix', async () => {
    const { healthy, damaged, mended } = await withBench(async (bench) => {
      delete bench.env.npm_config_registry;
      bench.env.npm_config_cache = process.env.npm_config_cache ?? join(homedir(), '.npm');
      await bench.mcpctl(['add', 'memory', '--yes', '--no-sync']);
      const areas = ['--only', 'servers', 'manifest', '--offline'];
      const before = await bench.doctor(areas);
      const servers = join(bench.home, '.local/share/mcpctl/servers/memory');
      const [version = ''] = await readdir(servers);
      const file = join(servers, version, 'node_modules/@modelcontextprotocol/server-memory/dist/index.js');
      await appendFile(file, '\n// changed\n');
      const seen = await bench.doctor(areas);
      return { healthy: before, damaged: seen, mended: await bench.doctor([...areas, '--fix', '--yes']) };
    });

    expect(healthy.findings).toEqual([]);
    expect(healthy.checks.find(({ id }) => id === 'memory')?.detail).toContain('read_graph answers');
    expect(damaged.findings).toMatchObject([{ code: 'SERVER_FILES_CHANGED', severity: 'error' }]);
    expect(mended.fixed).toMatchObject([{ code: 'SERVER_FILES_CHANGED', ok: true }]);
    expect(mended.findings).toEqual([]);
  });
});

describe.concurrent('healthy clients', () => {
  test('that were synced have nothing wrong, with entries of others beside ours', async () => {
    const { findings, checks } = await withBench(async (bench) => {
      const theirs = { command: process.execPath, args: ['/their/server.js'], env: { LEVEL: 'debug' } };
      await bench.write('.claude.json', JSON.stringify({ numStartups: 3, mcpServers: { theirs } }));
      await bench.write(
        '.cursor/mcp.json',
        JSON.stringify({ mcpServers: { docs: { url: 'https://x.test/mcp' } } }),
      );
      await bench.write('.config/Code/User/mcp.json', '// mine\n{ "servers": {}, }\n');
      await bench.write('.config/zed/settings.json', '{ "theme": "One", /* dark */ "vim_mode": true, }');
      await bench.write('.codex/config.toml', '# mine\nmodel = "x"\n');
      await bench.write('.config/Claude/claude_desktop_config.json', '{}');
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { echo, second: echo } }));
      await bench.mcpctl(['sync', '--yes']);
      return await bench.doctor(['--only', 'clients', 'machine', 'manifest']);
    });

    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    const ids = checks.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(['claude-code', 'claude-desktop', 'cursor', 'vscode', 'zed', 'codex']),
    );
  });

  test('that never were synced are only mentioned', async () => {
    const { findings, status } = await withBench(async (bench) => {
      await bench.write('.claude.json', '{}');
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { echo } }));
      return await bench.doctor(['--only', 'clients']);
    });

    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['CLIENT_ENTRY_UNSYNCED', 'info'],
    ]);
    expect(status).toBe(0);
  });

  test('lose no entry from the file when the manifest cannot be read', async () => {
    const { findings } = await withBench(async (bench) => {
      await bench.write('.claude.json', '{}');
      await bench.write(MANIFEST, JSON.stringify({ mcpServers: { echo } }));
      await bench.mcpctl(['sync', '--yes']);
      await bench.write(MANIFEST, '{"mcpServers": {');
      return await bench.doctor(['--only', 'clients', 'manifest']);
    });

    expect(findings.map(({ code }) => code)).toEqual(['MANIFEST_SYNTAX']);
  });
});

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
