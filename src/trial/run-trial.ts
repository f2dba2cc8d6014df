import { McpctlError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { MODERN_VERSION } from '../mcp/greeting.ts';
import type { Check, Problem, Row } from './check.ts';
import { areaOf, CHECK_IDS, type CheckId, factsOf } from './check-ids.ts';
import { CHECKS } from './checks.ts';
import type { Area, Severity } from './codes/check-facts.ts';
import type { Known } from './examples/example-file.ts';
import type { LoadFigures } from './load/figures.ts';
import { openScene, type Scene, type SceneOptions } from './scene.ts';
import { serverInfoOf } from './server-info.ts';

/** A problem as the report has it. */
export interface Found extends Problem {
  readonly severity: Severity;
  /** Why it is left alone, where the project says so. */
  readonly known?: string;
}

/** What became of one run of a check. */
export interface Verdict {
  readonly id: CheckId;
  readonly area: Area;
  /** The version of the protocol, where the check runs for each. */
  readonly version?: string;
  readonly subject?: string;
  readonly status: 'passed' | 'warned' | 'failed' | 'skipped';
  readonly problems: readonly Found[];
  /** Why it was skipped. */
  readonly reason?: string;
  /** Milliseconds. */
  readonly duration: number;
}

export interface Trial {
  readonly server: string;
  /** What it says of itself; empty when it did not start. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly versions: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly passed: number;
  readonly warned: number;
  readonly failed: number;
  readonly skipped: number;
  /** What the snapshots of examples would be by these answers. */
  readonly snapshots: Readonly<Record<string, JsonObject>>;
  /** What load showed, when it was asked for. */
  readonly load?: LoadFigures;
  /** Milliseconds. */
  readonly duration: number;
}

export interface TrialOptions extends SceneOptions {
  /** Ids of checks or areas; every check when empty. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Further checks, which need more than the server. */
  readonly further?: readonly Check[];
  onProgress?(done: number, total: number, id: CheckId): void;
}

/** Examines a server by every check that was asked for, one after the other. */
export async function runTrial(options: TrialOptions): Promise<Trial> {
  const begun = performance.now();
  const wanted = chosen([...CHECKS, ...(options.further ?? [])], options);
  let scene: Scene;
  try {
    scene = await openScene(options);
  } catch (error) {
    if (!(error instanceof McpctlError) || ['CANCELLED', 'INTERNAL'].includes(error.code)) throw error;
    return reportOf(options, undefined, withoutScene(error.message), begun);
  }
  try {
    if (scene.eras.length === 0) {
      return reportOf(options, scene, withoutScene(whyNoEra(scene)), begun);
    }
    const verdicts: Verdict[] = [];
    for (const [done, check] of wanted.entries()) {
      options.signal.throwIfAborted();
      options.onProgress?.(done, wanted.length, check.id);
      verdicts.push(...(await run(check, scene, options)));
    }
    return reportOf(options, scene, verdicts, begun);
  } finally {
    await scene.close();
  }
}

function chosen(checks: readonly Check[], { only, skip }: TrialOptions): Check[] {
  const isNamed = (names: readonly string[], { id }: Check): boolean =>
    names.includes(id) || names.includes(areaOf(id));
  return checks.filter((check) => (only.length === 0 || isNamed(only, check)) && !isNamed(skip, check));
}

async function run(check: Check, scene: Scene, options: TrialOptions): Promise<Verdict[]> {
  const { target } = scene;
  const eras = scene.eras.filter((era, index) =>
    check.eras === 'each' ? true : check.eras === 'first' ? index === 0 : check.eras === era,
  );
  if (check.only && check.only !== target.kind) {
    return [skippedRow(check, `for servers reached ${check.only === 'stdio' ? 'as programs' : 'over HTTP'}`)];
  }
  if (eras.length === 0) return [skippedRow(check, 'it does not speak that revision')];
  const subjects = check.subjects ? await check.subjects(scene) : undefined;
  if (subjects?.length === 0) return [skippedRow(check, 'none are declared')];
  const rows: Row[] = eras.flatMap((era): Row[] =>
    subjects ? subjects.map((subject) => ({ era, subject })) : [{ era }],
  );
  const verdicts: Verdict[] = [];
  for (const row of rows) verdicts.push(await runRow(check, row, scene, options));
  return verdicts;
}

async function runRow(check: Check, row: Row, scene: Scene, { examples }: TrialOptions): Promise<Verdict> {
  const begun = performance.now();
  const about = {
    id: check.id,
    area: areaOf(check.id),
    ...(check.eras !== 'first' && { version: versionOf(scene, row) }),
    ...(row.subject !== undefined && { subject: row.subject }),
  };
  const outcome = await examined(check, row, scene);
  const duration = Math.round(performance.now() - begun);
  if ('skipped' in outcome) {
    return { ...about, status: 'skipped', problems: [], reason: outcome.skipped, duration };
  }
  const problems = outcome.map((problem): Found => {
    const known = knownReason(check.id, problem, examples?.known ?? []);
    return {
      ...problem,
      severity: problem.severity ?? factsOf(check.id).severity,
      ...(known !== undefined && { known }),
    };
  });
  return { ...about, status: statusOf(problems), problems, duration };
}

async function examined(check: Check, row: Row, scene: Scene): ReturnType<Check['examine']> {
  try {
    return await check.examine(scene, row);
  } catch (error) {
    if (!(error instanceof McpctlError) || ['CANCELLED', 'INTERNAL'].includes(error.code)) throw error;
    return [{ message: `it could not be examined: ${error.message}`, severity: 'error' }];
  }
}

function statusOf(problems: readonly Found[]): Verdict['status'] {
  const counting = problems.filter(({ known }) => known === undefined);
  if (counting.some(({ severity }) => severity === 'error')) return 'failed';
  return counting.length > 0 ? 'warned' : 'passed';
}

function knownReason(id: CheckId, { subject }: Problem, known: readonly Known[]): string | undefined {
  return known.find((one) => one.check === id && (one.subject === undefined || one.subject === subject))
    ?.reason;
}

function whyNoEra({ greetings, said }: Scene): string {
  const unanswered = [...greetings.values()].find((answer) => answer.kind === 'none');
  // Why a program ended quotes what it said.
  if (unanswered && unanswered.why !== 'silence') return unanswered.reason;
  const why = unanswered?.reason ?? 'it refused both initialize and server/discover';
  return said.length === 0 ? why : `${why}. It said: ${said.slice(-3).join(' | ')}`;
}

function versionOf(scene: Scene, { era }: Row): string {
  return scene.hellos.get(era)?.version ?? MODERN_VERSION;
}

function skippedRow({ id }: Check, reason: string): Verdict {
  return { id, area: areaOf(id), status: 'skipped', problems: [], reason, duration: 0 };
}

function withoutScene(message: string): Verdict[] {
  const problems: Found[] = [{ message, severity: 'error' }];
  return [{ id: 'handshake', area: 'protocol', status: 'failed', problems, duration: 0 }];
}

function reportOf(
  { name }: TrialOptions,
  scene: Scene | undefined,
  verdicts: readonly Verdict[],
  begun: number,
): Trial {
  const count = (status: Verdict['status']): number => verdicts.filter((one) => one.status === status).length;
  const hellos = (scene?.eras ?? []).flatMap((era) => scene?.hellos.get(era) ?? []);
  const place = ({ id }: Verdict): number => CHECK_IDS.indexOf(id);
  return {
    server: name,
    info: serverInfoOf(hellos[0]?.result),
    versions: hellos.map(({ version }) => version),
    verdicts: [...verdicts].sort((one, other) => place(one) - place(other)),
    passed: count('passed'),
    warned: count('warned'),
    failed: count('failed'),
    skipped: count('skipped'),
    snapshots: Object.fromEntries(scene?.snapshots ?? []),
    ...(scene?.load && { load: scene.load }),
    duration: Math.round(performance.now() - begun),
  };
}
