import { stat } from 'node:fs/promises';
import { join } from 'node:path';
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
