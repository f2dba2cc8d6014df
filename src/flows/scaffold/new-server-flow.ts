import { basename, dirname, join, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { McpctlError } from '../../core/errors.ts';
import { toServerName } from '../../core/server-name.ts';
import { type Answers, checkAnswers, problemWithNewName, variantOf } from '../../scaffold/answers.ts';
import { examineTarget, filled } from '../../scaffold/apply.ts';
import { type PlannedFile, planFiles } from '../../scaffold/plan.ts';
import { readTemplate } from '../../scaffold/template.ts';
import type { Variable } from '../../scaffold/variable.ts';
import type { Variant } from '../../scaffold/variants.ts';
import { addFlow } from '../servers/add-flow.ts';
import { askAnswers, askDocument, askWraps } from './ask.ts';
import type { NewServerFlags } from './flags.ts';
import { readApi } from './read-api.ts';
import { type StepName, stepsOf } from './steps.ts';
import { toolchainOf } from './toolchain.ts';

export interface NewServer {
  readonly answers: Answers;
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly PlannedFile[];
  /** Names of the steps that were done. */
  readonly done: readonly StepName[];
  /** What the manifest calls it, or would. */
  readonly server: string;
  /** A call that changes nothing, as words of `mcpctl call`. */
  readonly firstCall: readonly string[];
  /** What a person types to install its packages and test it; `folder` is ready for a shell. */
  readonly byHand: (folder: string) => string;
  /** Milliseconds. */
  readonly duration: number;
}

/** Asks, plans and writes a new server, then does what the flags want. */
export async function newServerFlow(
  target: string | undefined,
  flags: NewServerFlags,
  context: Context,
): Promise<NewServer> {
  const folder = await askFolder(target, context);
  if (!flags.force && !flags.dryRun && (await examineTarget(folder)) === 'filled') throw filled(folder);
  const wraps = await askWraps(flags, context);
  if (wraps === 'openapi') context.output.note('Reading the OpenAPI document …');
  const api =
    wraps === 'openapi' ? await readApi(await askDocument(flags, context), flags, context) : undefined;
  const answers = checkAnswers(await askAnswers({ name: basename(folder), wraps, api }, flags, context));
  // What a person takes to answer does not count.
  const begun = performance.now();
  const root = join(dirname(context.program.script), '..', 'templates');
  const files = planFiles(await readTemplate(root, answers), answers);
  const server = toServerName(answers.name);
  const toolchain = toolchainOf(answers.language, files, context);
  const { byHand } = toolchain;
  const made = { answers, folder, files, server, firstCall: firstCallOf(answers), byHand };
  if (flags.dryRun) return { ...made, done: [], duration: since(begun) };
  const done: StepName[] = [];
  await runTasks(
    stepsOf(flags, { folder, files, toolchain, context }).map(({ step, ...task }) => ({
      ...task,
      run: async (handle) => {
        await task.run(handle);
        done.push(step);
      },
    })),
    context,
  );
  if (flags.add) {
    await addServer(folder, answers, context);
    done.push('added');
  }
  return { ...made, done, duration: since(begun) };
}

async function askFolder(target: string | undefined, { prompt, cwd }: Context): Promise<string> {
  const asked =
    target ??
    (await prompt.text({
      message: 'What is the server called?',
      flag: 'its name',
      problem: (text) => problemWithNewName(basename(resolve(cwd, text))),
    }));
  const folder = resolve(cwd, asked);
  const problem = problemWithNewName(basename(folder));
  if (!problem) return folder;
  throw new McpctlError('SERVER_NAME_INVALID', `${problem}.`, {
    hint: `Choose a name such as ${suggestion(basename(folder))}: mcpctl new-server ${suggestion(basename(folder))}`,
  });
}

function suggestion(name: string): string {
  const near = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 30)
    .replace(/-$/, '');
  return problemWithNewName(near) ? 'my-server' : near;
}

/** A client starts the folder's own program, on standard streams whatever its default is. */
async function addServer(folder: string, answers: Answers, context: Context): Promise<void> {
  const env = environmentOf(answers, (name) => context.env[name] !== undefined);
  await addFlow(
    { servers: [folder] },
    {
      yes: true,
      verify: true,
      sync: true,
      signIn: true,
      env,
      header: [],
      arg: answers.transport === 'http' ? ['--stdio'] : [],
      set: [],
    },
    context,
  );
}

/** References for `add --env`: what the server cannot do without, and the secrets of what it wraps that are wanted. */
export function environmentOf(answers: Answers, isWanted: (name: string) => boolean): string[] {
  const own: readonly Variable[] = variantOf(answers.wraps).variables;
  return own.flatMap(({ name, isRequired, isSecret }) =>
    isRequired || (isSecret && isWanted(name)) ? [`${name}=\${${name}}`] : [],
  );
}

function firstCallOf({ wraps, api, language }: Answers): readonly string[] {
  const reading = api?.operations.find(
    ({ annotations, inputSchema }) => annotations.readOnlyHint === true && inputSchema.required === undefined,
  );
  if (reading) return [reading.name];
  const variant: Variant = variantOf(wraps);
  return variant.firstCallIn?.[language] ?? variant.firstCall;
}

function since(begun: number): number {
  return Math.round(performance.now() - begun);
}
