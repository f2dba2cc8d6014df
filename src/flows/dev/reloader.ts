import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { asKnown, McpctlError } from '../../core/errors.ts';
import { findRunning } from '../../gateway/control/find-running.ts';
import type { StdioEntry } from '../../manifest/entry.ts';
import { execute } from '../../platform/execute.ts';
import { dotenvPath } from '../../secrets/dotenv.ts';
import { restartFlow } from '../processes/restart-flow.ts';
import { describeDrift, type Examined, examineCode, schemaProblems } from './examine-code.ts';
import type { DevProject } from './project.ts';

export interface ReloaderOptions {
  readonly server: string;
  readonly project: DevProject;
  /** How it is started by now; the manifest has it. */
  entry(): Promise<StdioEntry>;
  readonly context: Context;
  tell(line: string): void;
}

export interface Reloader {
  /** Builds, looks at the result, and starts it in every session. What comes while one is under way is done after it. */
  reload(changed: readonly string[]): void;
  /** How often it was asked for and done, and how often what was written did not work. */
  readonly counts: { readonly reloads: number; readonly failures: number };
  /** Settles when nothing is under way. */
  idle(): Promise<void>;
}

const BUILD_MS = 600_000;

/** @throws BUILD_FAILED with the last lines the build printed */
export async function build({ build: command, folder }: DevProject, { env, signal }: Context): Promise<void> {
  if (!command) return;
  const [program, ...args] = command;
  const ended = await execute({ command: program, args, env, cwd: folder, deadline: BUILD_MS, signal });
  if (ended.status === 0) return;
  const said = `${ended.stdout}\n${ended.stderr}`.trim().split('\n').slice(-20).join('\n');
  throw new McpctlError('BUILD_FAILED', `${command.join(' ')} ended with ${ended.status}:\n${said}`, {
    hint: `Try it by hand in ${folder}.`,
  });
}

/** `first` is what the code offered before the first change, where it worked. */
export function createReloader(options: ReloaderOptions, first: Examined | undefined): Reloader {
  const { server, project, context, tell } = options;
  const { style } = context.output;
  const counts = { reloads: 0, failures: 0 };
  let before = first;
  let waiting = new Set<string>();
  let underWay: Promise<void> | undefined;

  const once = async (changed: readonly string[]): Promise<void> => {
    const begun = performance.now();
    tell(style.dim(`changed ${named(changed)}`));
    await build(project, context);
    const now = await examineCode(server, await options.entry(), context);
    const running = await findRunning(context.paths.run, context.platform);
    const targets = running
      .filter(({ servers }) => servers.includes(server))
      .map((each) => ({ server, running: each }));
    const restarted = targets.length > 0 ? await restartFlow(targets, context) : [];
    const drift = describeDrift(before, now);
    before = now;
    counts.reloads += 1;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const where = targets.length === 1 ? '1 session' : `${targets.length} sessions`;
    tell(`${style.green('✓')} reloaded in ${seconds} s, ${where}${drift === '' ? '' : `; tools ${drift}`}`);
    for (const { pid, error } of restarted)
      if (error) tell(style.red(`✗ process ${pid} did not take it: ${plainLine(error.message)}`));
    await tellProblems(options);
  };

  const work = async (): Promise<void> => {
    while (waiting.size > 0 && !context.signal.aborted) {
      const changed = [...waiting];
      waiting = new Set();
      try {
        await once(changed);
      } catch (error) {
        if (context.signal.aborted) return;
        counts.failures += 1;
        tellFailure(asKnown(error), options);
      }
    }
  };

  return {
    counts,
    reload(changed) {
      for (const path of changed) waiting.add(path);
      underWay ??= work().finally(() => {
        underWay = undefined;
      });
    },
    idle: async () => await underWay,
  };
}

/** What is wrong with the definitions of code that works. */
export async function tellProblems({ server, entry, context, tell }: ReloaderOptions): Promise<void> {
  for (const problem of await schemaProblems(server, await entry(), context))
    tell(context.output.style.yellow(`! ${problem}`));
}

/** What was written does not work: sessions keep what they have. */
export function tellFailure(
  { code, message, hint }: McpctlError,
  { tell, context, project }: ReloaderOptions,
): void {
  const { style } = context.output;
  tell(style.red(`✗ ${message}`));
  if (hint !== undefined) tell(style.dim(`  ${hint}`));
  if (code === 'SECRET_MISSING') tell(style.dim(`  Or write it into ${dotenvPath(project.folder)}`));
  tell(style.dim('  sessions keep what they had; waiting for the next change'));
}

function named(paths: readonly string[]): string {
  const [first = '', ...others] = paths.map(plainLine);
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
