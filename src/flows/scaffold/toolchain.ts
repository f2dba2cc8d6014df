import { join } from 'node:path';
import type { Context } from '../../cli/context.ts';
import type { Answers } from '../../scaffold/answers.ts';
import { developmentNeeds } from '../../scaffold/files/pyproject.ts';
import type { PlannedFile } from '../../scaffold/plan.ts';
import { findProgram, needProgram } from '../../servers/programs.ts';

/** A program with its arguments; the program is a path of the project where it has a slash. */
export type Command = readonly [string, ...string[]];

/** How the packages of a new server are installed and its tests run, each command in turn. */
export interface Toolchain {
  readonly install: readonly Command[];
  readonly test: readonly Command[];
  /** What a person types to do both; `folder` is ready for a shell. */
  byHand(folder: string): string;
}

/** @throws TOOL_MISSING when the machine has nothing that installs packages of the language */
export function toolchainOf(
  language: Answers['language'],
  files: readonly PlannedFile[],
  machine: Pick<Context, 'env' | 'platform'>,
): Toolchain {
  if (language === 'typescript') return NPM;
  return findProgram('uv', machine) ? UV : venv(files, machine);
}

const NPM: Toolchain = {
  install: [['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund']],
  test: [['npm', 'test']],
  byHand: (folder) => `npm --prefix ${folder} install && npm --prefix ${folder} test`,
};

const UV: Toolchain = {
  install: [['uv', 'sync']],
  test: [['uv', 'run', 'pytest']],
  byHand: (folder) => `uv run --directory ${folder} pytest`,
};

/** Python's own virtual environments; its pip need not know dependency groups. */
function venv(files: readonly PlannedFile[], machine: Pick<Context, 'env' | 'platform'>): Toolchain {
  const pyproject = files.find(({ path }) => path === 'pyproject.toml');
  const python = join(
    '.venv',
    ...(machine.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  const needs = developmentNeeds(pyproject?.text ?? '');
  return {
    get install(): readonly Command[] {
      return [
        [needProgram(['python3', 'python'], 'A Python server', machine), '-m', 'venv', '.venv'],
        [
          python,
          '-m',
          'pip',
          'install',
          '--quiet',
          '--disable-pip-version-check',
          '--editable',
          '.',
          ...needs,
        ],
      ];
    },
    test: [[python, '-m', 'pytest', '-q']],
    byHand: (folder) =>
      `cd ${folder} && python3 -m venv .venv && .venv/bin/pip install -e . ${needs.map((need) => `'${need}'`).join(' ')} && .venv/bin/pytest`,
  };
}
