import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { McpctlError } from '../../src/core/errors.ts';
import { readDotenv } from '../../src/secrets/dotenv.ts';
import { removeVariable, setVariable } from '../../src/secrets/dotenv-edit.ts';
import { type DotenvPlace, removeFromDotenv, writeDotenv } from '../../src/secrets/dotenv-file.ts';
import { temporaryFolder } from '../support/cli.ts';

const KEPT = `# database
export DATABASE_URL="postgres://a:b@c/d" # main

  SPACED = old value   # why
KEY='multi
SPACED=not a variable
line'
EMPTY=
`;

test('replaces one value and leaves every other byte alone', () => {
  expect(setVariable(KEPT, 'SPACED', 'new')).toBe(KEPT.replace('old value', 'new'));
  expect(setVariable(KEPT, 'DATABASE_URL', 'x')).toBe(KEPT.replace('"postgres://a:b@c/d"', 'x'));
  expect(setVariable(KEPT, 'EMPTY', 'x')).toBe(KEPT.replace('EMPTY=', 'EMPTY=x'));
  expect(setVariable(KEPT, 'KEY', 'x')).toBe(KEPT.replace(/'multi[^']*'/, 'x'));
});

test('adds a missing name at the end, with the line ends of the file', () => {
  expect(setVariable('', 'A', '1')).toBe('A=1\n');
  expect(setVariable('B=2', 'A', '1')).toBe('B=2\nA=1\n');
  expect(setVariable('B=2\r\n', 'A', '1')).toBe('B=2\r\nA=1\r\n');
  expect(setVariable('# A=0\n', 'A', '1')).toBe('# A=0\nA=1\n');
  expect(setVariable('\uFEFFA=0\n', 'A', '1')).toBe('\uFEFFA=1\n');
});

test('leaves no earlier assignment of a replaced or removed secret behind', () => {
  const twice = 'A=old-1\nB=2\nexport A="old-2" # note\n';

  expect(setVariable(twice, 'A', 'new')).toBe('B=2\nexport A=new # note\n');
  expect(removeVariable(twice, 'A')).toBe('B=2\n');
  expect(removeVariable(twice, 'C')).toBe(twice);
});

const AWKWARD = [
  'with space',
  ' edges ',
  '#hash',
  'a#b',
  "it's",
  'say "hi"',
  `both ' and "`,
  'back\\slash\\n',
  '$HOME ${X}',
  'line one\nline two',
  '`tick`',
  "key = 'quoted'",
  'ünï 😀',
];

test.each(AWKWARD)('writes %j so that Node reads the same', (value) => {
  const text = setVariable('B=2\n', 'A', value);

  expect(parseEnv(text)).toEqual({ A: value, B: '2' });
  expect(parseEnv(setVariable(text, 'A', 'short'))).toEqual({ A: 'short', B: '2' });
});

test('refuses a value no quoting can carry', () => {
  expect(() => setVariable('', 'A', `'"\`\n`)).toThrow(
    expect.objectContaining({ code: 'SECRET_UNSUITABLE' }),
  );
});

const SOUND = ['A=1', 'export A="x"', "B='y'", '# A=2', "# it's", '', 'D = 5 # c', "F='o\nk'"];
const BROKEN = ["B='y", 'C="', 'E=`', '"', 'z', 'A', '=x'];

test.each([
  ['never refuses a sound file', SOUND, 0],
  ['writes nothing wrong into a file with broken lines', [...SOUND, ...BROKEN], 1500],
])('%s (1500 random ones)', (_, lines, mayRefuse) => {
  const random = seeded(7);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  let refused = 0;
  for (let round = 0; round < 1500; round += 1) {
    const count = Math.floor(random() * 7);
    const text = Array.from({ length: count }, () => pick(lines)).join(pick(['\n', '\r\n']));
    const name = pick(['A', 'B', 'NEW']);
    const value = pick(AWKWARD);
    try {
      const changed = setVariable(text, name, value);
      expect(readByNode(changed), JSON.stringify(text)).toEqual({ ...readByNode(text), [name]: value });
    } catch (error) {
      if (!(error instanceof McpctlError)) throw error;
      expect(error.code).toBe('SECRET_UNSUITABLE');
      refused += 1;
    }
  }
  expect(refused).toBeLessThanOrEqual(mayRefuse);
});

/** Without the names Node 20 makes of a comment in the last line and of lines without `=`. */
function readByNode(text: string): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(parseEnv(text)).filter(([name]) => /^\w+$/.test(name)));
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

async function place(): Promise<DotenvPlace & { file: string; ignore: string }> {
  const folder = await temporaryFolder();
  const projectFolder = join(folder, 'project');
  await mkdir(projectFolder);
  return {
    projectFolder,
    locks: join(folder, 'locks'),
    env: { PATH: process.env.PATH, HOME: folder },
    file: join(projectFolder, '.env'),
    ignore: join(projectFolder, '.gitignore'),
  };
}

const git = (folder: string, ...args: string[]): void =>
  void execFileSync('git', ['-C', folder, ...args], { stdio: 'pipe' });

test('creates .env for its owner alone and keeps it out of git', async () => {
  const project = await place();
  git(project.projectFolder, 'init', '-q');
  await writeFile(project.ignore, 'node_modules');

  const { notes } = await writeDotenv(project, 'A', 'one');
  await writeDotenv(project, 'B', 'two');

  expect(await readFile(project.file, 'utf8')).toBe('A=one\nB=two\n');
  expect((await stat(project.file)).mode & 0o777).toBe(0o600);
  expect(await readFile(project.ignore, 'utf8')).toBe('node_modules\n.env\n');
  expect(notes).toEqual([expect.stringContaining('.gitignore')]);
});

test('closes a .env other users could read, when it writes a secret into it', async () => {
  const project = await place();
  await writeFile(project.file, 'B=2\n');
  await chmod(project.file, 0o644);

  await writeDotenv(project, 'A', 'one');

  expect((await stat(project.file)).mode & 0o777).toBe(0o600);
});

test('does not touch .gitignore when git ignores .env anyway', async () => {
  const project = await place();
  git(project.projectFolder, 'init', '-q');
  await writeFile(project.ignore, '*.local\n.env*\n');

  expect((await writeDotenv(project, 'A', 'one')).notes).toEqual([]);

  expect(await readFile(project.ignore, 'utf8')).toBe('*.local\n.env*\n');
});

test('refuses a .env that git tracks, also in a folder below the repository', async () => {
  for (const below of ['', 'packages/app']) {
    const project = await place();
    const projectFolder = join(project.projectFolder, below);
    await mkdir(projectFolder, { recursive: true });
    git(project.projectFolder, 'init', '-q');
    await writeFile(join(projectFolder, '.env'), 'B=2\n');
    git(projectFolder, 'add', '.env');

    await expect(writeDotenv({ ...project, projectFolder }, 'A', 'one')).rejects.toMatchObject({
      code: 'SECRET_IN_GIT',
      hint: expect.stringContaining('rm --cached'),
    });
    expect(await readFile(join(projectFolder, '.env'), 'utf8')).toBe('B=2\n');
  }
});

test('runs no program a foreign repository configures', async () => {
  const project = await place();
  git(project.projectFolder, 'init', '-q');
  const trace = join(project.projectFolder, 'ran');
  git(project.projectFolder, 'config', 'core.fsmonitor', `touch ${trace}; false`);

  await writeDotenv(project, 'A', 'one');

  await expect(stat(trace)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('says that git could not be asked when it is not installed', async () => {
  const project = await place();
  git(project.projectFolder, 'init', '-q');

  const { notes } = await writeDotenv({ ...project, env: { PATH: '/nonexistent' } }, 'A', 'one');

  expect(notes.join('\n')).toContain('git ls-files .env');
});

test('loses no variable when eight writers add one each', async () => {
  const project = await place();
  const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

  await Promise.all(names.map(async (name) => await writeDotenv(project, name, `value-${name}`)));

  expect([...(await readDotenv(project.projectFolder)).keys()].sort()).toEqual(names);
});

test('removes a variable and says whether there was one', async () => {
  const project = await place();
  expect(await removeFromDotenv(project, 'A')).toBe(false);
  await writeFile(project.file, '# keep\nA=1\n');

  expect(await removeFromDotenv(project, 'A')).toBe(true);
  expect(await removeFromDotenv(project, 'A')).toBe(false);
  expect(await readFile(project.file, 'utf8')).toBe('# keep\n');
});
