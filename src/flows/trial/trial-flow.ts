import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { parseDuration } from '../../cli/duration.ts';
import { progressLine } from '../../cli/progress-line.ts';
import { closest } from '../../core/closest.ts';
import { McpctlError } from '../../core/errors.ts';
import { readTextFile } from '../../documents/read.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import type { ServerTarget } from '../../mcp/transport.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { createFetch } from '../../platform/fetch.ts';
import type { Check } from '../../trial/check.ts';
import { CHECK_IDS } from '../../trial/check-ids.ts';
import { AREAS } from '../../trial/codes/check-facts.ts';
import type { ExampleFile } from '../../trial/examples/example-file.ts';
import { findExampleFile, readExampleFile, snapshotPath } from '../../trial/examples/read-example-file.ts';
import { type Recording, readRecording } from '../../trial/examples/recording.ts';
import { junitReport } from '../../trial/report/junit.ts';
import { runTrial, type Trial, type TrialOptions } from '../../trial/run-trial.ts';
import { openSubject } from './open-subject.ts';
import type { Subject } from './subject.ts';

export interface TrialFlags {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** File of declared examples; the project's own when undefined. */
  readonly examples?: string;
  readonly update?: boolean;
  /** Recorded sessions, besides those of the examples. */
  readonly replay?: readonly string[];
  readonly load?: boolean;
  /** Runs the public suite, which npm fetches. */
  readonly conformance?: boolean;
  /** How long the load lasts. */
  readonly for?: string;
  readonly concurrency?: number;
  readonly junit?: string;
  readonly timeout?: string;
  /** False: no tool is called but those of examples. */
  readonly calls: boolean;
}

/** Longest wait for one answer, in milliseconds. */
const WAIT_MS = 10_000;
const LOAD_MS = 10_000;
const CONCURRENCY = 8;

/** Tests a server, and writes what the flags want. */
export async function trialFlow(subject: Subject, flags: TrialFlags, context: Context): Promise<Trial> {
  checkNames(flags);
  const examples = await examplesOf(subject, flags, context);
  const trial = await tryServer(subject.chosen, {
    context,
    only: flags.only ?? [],
    skip: flags.skip ?? [],
    waitMs: flags.timeout === undefined ? WAIT_MS : parseDuration(flags.timeout, '--timeout'),
    mayCall: flags.calls,
    updatesSnapshots: flags.update ?? false,
    recordings: await recordingsOf(examples, flags, context),
    further: (target) => furtherChecks(flags, target, context),
    ...(examples && { examples }),
  });
  if (flags.update && examples) await writeSnapshots(examples, trial);
  if (flags.junit !== undefined) {
    const file = resolve(context.cwd, flags.junit);
    await writeFileAtomic(file, junitReport(trial), { mode: 0o644, folderMode: 0o755 });
  }
  return trial;
}

export interface TryServerOptions
  extends Pick<
    TrialOptions,
    'only' | 'skip' | 'waitMs' | 'mayCall' | 'updatesSnapshots' | 'recordings' | 'examples'
  > {
  readonly context: Context;
  /** Checks that need more than the server. */
  further?(target: ServerTarget): Promise<readonly Check[]>;
}

/** Tests a server as it would be started here. What the report quotes of it holds none of its keys. */
export async function tryServer(
  chosen: ChosenServer,
  { context, further, ...options }: TryServerOptions,
): Promise<Trial> {
  const { platform, env, signal, output, paths, program } = context;
  const subject = await openSubject(chosen, context);
  const line = progressLine(output);
  await mkdir(paths.cache, { recursive: true, mode: 0o700 });
  const { target, secrets, transport } = subject;
  const allowPrivate = target.kind === 'remote' ? ['loopback', new URL(target.url).hostname] : [];
  try {
    const trial = await runTrial({
      ...options,
      ...(further && { further: await further(target) }),
      name: chosen.server.name,
      target,
      secrets,
      transport,
      platform,
      signal,
      outsideFolder: paths.cache,
      client: { name: 'mcpctl', version: program.version },
      ...(target.kind === 'remote' && { fetch: createFetch({ env, allowPrivate }) }),
      onProgress: (done, total, id) => line.show(`checking ${done + 1}/${total} ${id}`),
    });
    return withoutSecrets(trial, subject.redact);
  } finally {
    line.clear();
    await subject.close();
  }
}

function withoutSecrets(trial: Trial, redact: (text: string) => string): Trial {
  const verdicts = trial.verdicts.map((verdict) => ({
    ...verdict,
    problems: verdict.problems.map((problem) => ({ ...problem, message: redact(problem.message) })),
  }));
  return { ...trial, verdicts };
}

async function furtherChecks(flags: TrialFlags, target: ServerTarget, context: Context): Promise<Check[]> {
  const { only = [], for: lasting, concurrency = CONCURRENCY } = flags;
  const isWanted = (area: string): boolean =>
    only.some((name) => name === area || name.startsWith(`${area}-`));
  const checks: Check[] = [];
  if (flags.load || isWanted('load')) {
    const { loadChecks } = await import('../../trial/load/load-checks.ts');
    const durationMs = lasting === undefined ? LOAD_MS : parseDuration(lasting, '--for');
    checks.push(...loadChecks({ durationMs, concurrency }));
  }
  if (flags.conformance || isWanted('conformance')) {
    const [{ conformanceCheck }, { withAddress }] = await Promise.all([
      import('../../trial/conformance/conformance-check.ts'),
      import('./http-front.ts'),
    ]);
    const { env, paths, program, signal } = context;
    checks.push(
      conformanceCheck({
        machine: { env, cache: paths.cache, node: program.node, signal },
        withAddress: (body) => withAddress(target, context, body),
      }),
    );
  }
  return checks;
}

async function examplesOf(
  { folder }: Subject,
  { examples, update }: TrialFlags,
  { cwd }: Context,
): Promise<ExampleFile | undefined> {
  const found =
    examples !== undefined
      ? await readExampleFile(resolve(cwd, examples))
      : folder === undefined
        ? undefined
        : await findExampleFile(folder);
  if (update && !found) {
    throw new McpctlError('USAGE', '--update has no examples to write snapshots for.', {
      hint: 'Declare calls in mcp-tests.yaml beside the server; the guide on testing servers shows how.',
    });
  }
  return found;
}

async function recordingsOf(
  examples: ExampleFile | undefined,
  { replay = [] }: TrialFlags,
  { cwd }: Context,
): Promise<Recording[]> {
  const declared = (examples?.replays ?? []).map(({ file, ignore = [] }) => ({
    label: file,
    path: resolve(dirname(examples?.path ?? cwd), file),
    ignore,
  }));
  const named = replay.map((file) => ({ label: file, path: resolve(cwd, file), ignore: [] }));
  return await Promise.all(
    [...declared, ...named].map(async (one) => {
      const { text, exists } = await readTextFile(one.path);
      if (exists) return readRecording(text, one);
      throw new McpctlError('FILE_UNREADABLE', `There is no recording ${one.path}.`, {
        hint: `Record one: mcpctl test-server <server> --record ${one.label}`,
      });
    }),
  );
}

/** Snapshots of examples that are no more are dropped; those of examples that got no answer stay. */
async function writeSnapshots({ path, examples, snapshots }: ExampleFile, trial: Trial): Promise<void> {
  const kept = examples.flatMap(({ name, expect }) => {
    const snapshot = trial.snapshots[name] ?? snapshots[name];
    return expect?.snapshot && snapshot ? [[name, snapshot] as const] : [];
  });
  const text = `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
  await writeFileAtomic(snapshotPath(path), text, { mode: 0o644 });
}

function checkNames({ only = [], skip = [] }: TrialFlags): void {
  const known: readonly string[] = [...AREAS, ...CHECK_IDS];
  const unknown = [...only, ...skip].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const [near] = closest(unknown, known);
  throw new McpctlError('USAGE', `There is no check and no area ${JSON.stringify(unknown)}.`, {
    hint: near
      ? `Did you mean: ${near}`
      : `A server is named before --only and --skip. Areas: ${AREAS.join(', ')}; checks: docs/reference/server-checks.md`,
  });
}
