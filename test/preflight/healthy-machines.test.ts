import { appendFile, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { spawnEverything } from '../support/http-servers.ts';
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
