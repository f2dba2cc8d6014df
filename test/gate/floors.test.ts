import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the real rules over a planted tree; returns the names of the rules it breaks. */
async function judge(files: Record<string, string>): Promise<string[]> {
  const folder = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'tsconfig.json'), '{}');
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/.bin/depcruise'),
      'src',
      '--config',
      join(ROOT, '.dependency-cruiser.mjs'),
      '--output-type',
      'json',
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(report.summary.violations.map(({ rule }) => rule.name))].sort();
}

test('accepts an import of a lower floor', async () => {
  expect(
    await judge({
      'src/core/a.ts': 'export type A = string;',
      'src/platform/b.ts': "import type { A } from '../core/a.ts';\nexport const b: A = '';",
    }),
  ).toEqual([]);
});

test('refuses an import of a higher floor, type-only ones included', async () => {
  expect(
    await judge({
      'src/core/a.ts': "import type { B } from '../platform/b.ts';\nexport type A = B;",
      'src/platform/b.ts': 'export type B = string;',
    }),
  ).toEqual(['floor-core']);
});

test('refuses an import across one floor', async () => {
  expect(
    await judge({
      'src/clients/a.ts': "import { b } from '../secrets/b.ts';\nexport const a = b;",
      'src/secrets/b.ts': 'export const b = 1;',
    }),
  ).toEqual(['floor-clients']);
});

test('keeps the pages of the dashboard apart from what runs in Node', async () => {
  const folder = await temporaryFolder();
  const page = join(folder, 'src/watch/web/page/planted.tsx');
  await mkdir(dirname(page), { recursive: true });
  await copyFile(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  await mkdir(join(folder, '.git'));
  const judgePage = async (source: string): Promise<string> => {
    await writeFile(page, `import '${source}';\n`);
    const words = ['lint', '--vcs-enabled=false', 'src'];
    return spawnSync(join(ROOT, 'node_modules/.bin/biome'), words, { cwd: folder, encoding: 'utf8' }).stderr;
  };

  expect(await judgePage('../wire.ts')).not.toContain('noRestrictedImports');
  for (const source of ['node:fs', '../../../gateway/hub/hub.ts']) {
    expect(await judgePage(source)).toContain('noRestrictedImports');
  }
});

test('refuses a cycle, a folder without a floor and a library at a second door', async () => {
  expect(
    await judge({
      'src/core/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
      'src/core/b.ts':
        "import { a } from './a.ts';\nimport { Chalk } from 'chalk';\nexport const b = () => [a, Chalk];",
      'src/attic/c.ts': "import { a } from '../core/a.ts';\nexport const c = a;",
    }),
  ).toEqual(['door-chalk', 'no-circular', 'no-unknown-folder']);
});
