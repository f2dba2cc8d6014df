import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Context } from '../../cli/context.ts';
import { clientsNamed } from '../../clients/all.ts';
import { asKnown, McpctlError } from '../../core/errors.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import { problemWithServerName } from '../../core/server-name.ts';
import type { StdioEntry } from '../../manifest/entry.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { watchFolder } from '../../platform/watch-folder.ts';
import { dotenvPath, readEnvFile } from '../../secrets/dotenv.ts';
import { refuseSecrets } from '../../servers/add/adjust.ts';
import { parseAssignments } from '../../servers/add/words.ts';
import { needProgram } from '../../servers/programs.ts';
import { printCalls } from './calls.ts';
import { type Examined, examineCode } from './examine-code.ts';
import { isTaken, remember, removeLeftovers } from './leftovers.ts';
import { type DevProject, entryOf, findDevProject, unseenIn } from './project.ts';
import { putIn, type Registered, takeOut } from './registration.ts';
import { build, createReloader, type ReloaderOptions, tellFailure, tellProblems } from './reloader.ts';

export interface DevFlags {
  readonly client?: readonly string[];
  readonly name?: string;
  readonly env: readonly string[];
  /** A file of variables; `.env` of the project when not given. */
  readonly envFile?: string;
  readonly arg: readonly string[];
  /** False with `--no-build`. */
  readonly build: boolean;
  readonly dryRun?: boolean;
}

export interface DevPlan {
  readonly server: string;
  readonly project: DevProject;
  readonly clients: readonly string[];
  readonly manifest: string;
}

export interface DevDone extends DevPlan {
  readonly reloads: number;
  readonly failures: number;
  readonly calls: number;
}

/** Changes that come together, such as those of an editor or of a checkout, are one. */
const SETTLE_MS = 150;

/** Runs a server while its code is worked on, until the process is told to end. With `dryRun` it only says what it would do. */
export async function devFlow(folder: string, flags: DevFlags, context: Context): Promise<DevPlan | DevDone> {
  const clients = flags.client ?? [];
  clientsNamed(clients);
  if (!flags.dryRun) await removeLeftovers(context);
  const found = await findDevProject(resolve(context.cwd, folder));
  const { build: command, ...unbuilt } = found;
  const project = flags.build && command ? { ...unbuilt, build: command } : unbuilt;
  const server = await freeName(flags.name ?? project.server, flags.name !== undefined, context);
  const plan = { server, project, clients, manifest: context.paths.manifest };
  return flags.dryRun ? plan : await serve(plan, flags, context);
}

async function serve(plan: DevPlan, flags: DevFlags, context: Context): Promise<DevDone> {
  const { server, project, clients } = plan;
  const { output, signal } = context;
  const tell = (line: string): void => output.note(line);
  tell(`${project.build ? 'Building' : 'Starting'} ${server} …`);
  await build(project, context);
  if (project.start.command === 'uv') needProgram(['uv'], project.folder, context);
  const entryNow = await entryReader(project, flags, context);
  let registered: Registered = { server, clients, created: [] };
  let standing: StdioEntry | undefined;
  const entry = async (): Promise<StdioEntry> => {
    const now = await entryNow();
    if (standing && !isDeepStrictEqual(now, standing)) {
      await putIn(registered, now, context);
      standing = now;
    }
    return now;
  };
  const options: ReloaderOptions = { server, project, entry, context, tell };
  const first = await examineFirst(options);
  const forget = await remember(registered, context);
  try {
    standing = await entryNow();
    const files = await putIn(registered, standing, context);
    const created = files.filter(({ exists }) => !exists).map(({ path }) => path);
    registered = { ...registered, created };
    await remember(registered, context);
    for (const { path } of files) tell(`it stands in ${path} until you stop this`);
    const reloader = createReloader(options, first);
    const calls = await printCalls(server, context, tell);
    const broken = new AbortController();
    const watch = await watchFolder({
      folder: project.folder,
      ignores: unseenIn(project),
      settleMs: SETTLE_MS,
      changed: (paths) => reloader.reload(paths),
      failed: (reason) => broken.abort(reason),
    });
    try {
      tell(`watching ${project.folder}; call it with: mcpctl call ${server} <tool>; stop with Ctrl-C`);
      await aborted(AbortSignal.any([signal, broken.signal]));
      if (broken.signal.aborted) throw broken.signal.reason;
    } finally {
      await watch.close();
      await reloader.idle();
      await calls.close();
    }
    return { ...plan, ...reloader.counts, calls: calls.count };
  } finally {
    await takeOut(registered, context);
    await forget();
  }
}

/** Reads the file of variables anew each time: it is worked on as the code is. */
async function entryReader(
  project: DevProject,
  { env, envFile, arg }: DevFlags,
  context: Context,
): Promise<() => Promise<StdioEntry>> {
  const own = parseAssignments(env, '--env');
  refuseSecrets({ values: own, words: arg }, { findSecret: findLiteralSecret });
  const path = envFile === undefined ? dotenvPath(project.folder) : resolve(context.cwd, envFile);
  if (envFile !== undefined && !(await readEnvFile(path))) {
    throw new McpctlError('FILE_UNREADABLE', `There is no file ${path}.`, {
      hint: 'Without --env-file the .env of the project is read, where there is one.',
    });
  }
  return async () => {
    const values = await readEnvFile(path);
    return entryOf(project, { env: context.env, own, args: arg, ...(values && { file: { path, values } }) });
  };
}

/** Code that does not work yet is no reason to stop: the next change may mend it. */
async function examineFirst(options: ReloaderOptions): Promise<Examined | undefined> {
  const { server, context, tell } = options;
  const { style } = context.output;
  try {
    const examined = await examineCode(server, await options.entry(), context);
    tell(`${style.green('✓')} ${server} works, ${examined.ms} ms; tools ${examined.tools.join(', ')}`);
    await tellProblems(options);
    return examined;
  } catch (error) {
    if (context.signal.aborted) throw error;
    tellFailure(asKnown(error), options);
    return undefined;
  }
}

/** A name the manifest does not have, so that nothing of the user's is replaced. */
async function freeName(wanted: string, isAsked: boolean, context: Context): Promise<string> {
  const { servers, user } = await readManifests(context);
  const names = isAsked ? [wanted] : [wanted, `${wanted}-dev`];
  for (const name of names) {
    const problem = problemWithServerName(name);
    if (problem) throw new McpctlError('SERVER_NAME_INVALID', `${problem}.`, { hint: '--name my-server' });
    if (servers.has(name) || user.broken.has(name) || (await isTaken(name, context))) continue;
    return name;
  }
  throw new McpctlError('USAGE', `Your manifest has a server ${names.join(' and ')} already.`, {
    hint: `--name ${wanted}-two`,
  });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
