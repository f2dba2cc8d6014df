import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Context } from '../../cli/context.ts';
import type { Task } from '../../cli/tasks.ts';
import { McpctlError } from '../../core/errors.ts';
import { quoted } from '../../core/shell-quote.ts';
import { execute } from '../../platform/execute.ts';
import { applyFiles } from '../../scaffold/apply.ts';
import type { PlannedFile } from '../../scaffold/plan.ts';
import type { NewServerFlags } from './flags.ts';
import type { Command, Toolchain } from './toolchain.ts';

/** What is done on the machine for a new server. */
export type StepName = 'written' | 'git' | 'installed' | 'tested' | 'added';

export type Step = Task & { readonly step: StepName };

interface Work {
  readonly folder: string;
  readonly files: readonly PlannedFile[];
  readonly toolchain: Toolchain;
  readonly context: Context;
}

/** Longest wait for a package manager or the tests, in milliseconds. */
const DEADLINE_MS = 600_000;

/** The steps that the flags ask for, in their order. */
export function stepsOf({ force = false, git, install, add }: NewServerFlags, work: Work): Step[] {
  const { folder, files, toolchain, context } = work;
  const wantsGit = git && !existsSync(join(folder, '.git'));
  const wantsPackages = install || add;
  const init: Command = ['git', 'init', '--quiet', '--initial-branch', 'main'];
  return [
    {
      step: 'written',
      title: `Write ${files.length} files`,
      run: () => applyFiles(folder, files, { force, signal: context.signal }),
    },
    ...(wantsGit ? [step('git', 'Make a git repository', () => [init], work)] : []),
    ...(wantsPackages
      ? [
          step('installed', 'Install its packages', () => toolchain.install, work),
          step('tested', 'Build and test it', () => toolchain.test, work),
        ]
      : []),
  ];
}

function step(
  name: StepName,
  title: string,
  commands: () => readonly Command[],
  { folder, context }: Work,
): Step {
  const { env, signal, cwd } = context;
  return {
    step: name,
    title,
    async run() {
      for (const [program, ...args] of commands()) {
        const command = /[\\/]/.test(program) ? join(folder, program) : program;
        const ended = await execute({ command, args, env, cwd: folder, deadline: DEADLINE_MS, signal });
        if (ended.status === 0) continue;
        const said = `${ended.stdout}\n${ended.stderr}`.trim().split('\n').slice(-15).join('\n');
        throw new McpctlError(
          'NEW_SERVER_FAILED',
          `${shortly(program, args)} failed in ${folder}:\n${said}`,
          {
            hint: `The files stay. Try it by hand: cd ${quoted(relative(cwd, folder) || '.')} && ${[program, ...args].map(quoted).join(' ')}`,
          },
        );
      }
    },
  };
}

/** `npm install`, `uv sync`, `python -m pip`: enough to know what failed. */
function shortly(program: string, args: readonly string[]): string {
  const words = args[0] === '-m' ? args.slice(0, 2) : args.slice(0, 1);
  return [program, ...words].join(' ');
}
