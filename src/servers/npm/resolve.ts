import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpctlError } from '../../core/errors.ts';
import type { LockRuntime, LockSource } from '../../manifest/lock-schema.ts';
import type { Machine } from '../machine.ts';
import { chooseBin } from './bin.ts';
import {
  closureOf,
  type LockedPackage,
  type PackageLock,
  parsePackageLock,
  projectFile,
} from './lockfile.ts';
import { runNpm } from './npm.ts';
import { type RuntimeNeed, runtimeFor } from './runtime.ts';

export interface NpmRequest {
  readonly package: string;
  /** Exact version, range or tag; `latest` when absent. */
  readonly version?: string;
  readonly bin?: string;
  readonly allowScripts: boolean;
}

/** Packages whose trees were worked out in one npm run and are fetched in one. */
export interface NpmBatch {
  readonly lock: PackageLock;
}

export type NpmLockSource = Extract<LockSource, { type: 'npm' }>;

export interface NpmResolution {
  readonly source: NpmLockSource;
  readonly runtime?: LockRuntime;
  /** Where the runtime stands: alias in `node_modules` and executable inside it. */
  readonly runtimeAlias?: string;
  readonly runtimeExecutable?: string;
  /** Path of the program inside the package. */
  readonly binPath: string;
  /** Everything the server loads, itself included. */
  readonly packageCount: number;
  /** Packages with install scripts, as `name@version`. */
  readonly scripted: readonly string[];
  readonly deprecated?: string;
  readonly batch: NpmBatch;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Error };

/**
 * Works out exact versions, integrities and complete trees from the registry, in one npm run for all packages. When
 * that run fails, each package gets its own, so that one bad name does not hide the others.
 */
export async function resolveNpm(
  requests: readonly NpmRequest[],
  machine: Machine,
): Promise<Outcome<NpmResolution>[]> {
  const [first] = requests;
  if (!first) return [];
  const names = new Set(requests.map(({ package: name }) => name));
  if (names.size === requests.length) {
    try {
      const lock = await lockTogether(requests, machine);
      return await Promise.all(requests.map((request) => settle(() => describe(request, lock, machine))));
    } catch (error) {
      if (!(error instanceof McpctlError) || error.code === 'CANCELLED' || error.code === 'TOOL_MISSING')
        throw error;
      if (requests.length === 1) return [{ ok: false, error }];
    }
  }
  const outcomes: Outcome<NpmResolution>[] = [];
  for (const request of requests) {
    outcomes.push(
      await settle(async () => describe(request, await lockTogether([request], machine), machine)),
    );
  }
  return outcomes;
}

async function settle<T>(run: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (error instanceof McpctlError && error.code !== 'CANCELLED') return { ok: false, error };
    throw error;
  }
}

async function lockTogether(requests: readonly NpmRequest[], machine: Machine): Promise<PackageLock> {
  const { default: semver } = await import('semver');
  const dependencies: Record<string, string> = {};
  for (const { package: name, version } of requests) dependencies[name] = version ?? 'latest';
  const folder = await mkdtemp(join(tmpdir(), 'mcpctl-resolve-'));
  try {
    // Tags and ranges must be asked anew; for exact versions what npm has cached is as good.
    const offline = requests.every(({ version }) => semver.valid(version ?? '') !== null);
    const lock = await lockOnly(folder, dependencies, offline, requests, machine);
    const runtimes = await runtimesFor(requests, lock, machine);
    if (runtimes.size === 0) return lock;
    const all = { ...dependencies };
    for (const { alias, specifier } of runtimes.values()) all[alias] = specifier;
    return await lockOnly(folder, all, true, requests, machine);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function lockOnly(
  folder: string,
  dependencies: Record<string, string>,
  offline: boolean,
  requests: readonly NpmRequest[],
  machine: Machine,
): Promise<PackageLock> {
  const names = requests
    .map(({ package: name, version }) => (version ? `${name}@${version}` : name))
    .join(', ');
  await writeFile(join(folder, 'package.json'), projectFile({ name: 'mcpctl-resolve', dependencies }));
  await runNpm(
    {
      args: ['install', '--package-lock-only', ...(offline ? ['--prefer-offline'] : [])],
      cwd: folder,
      purpose: `look up ${names} in the npm registry`,
    },
    machine,
  );
  const lock = parsePackageLock(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  if (!lock) throw new McpctlError('INSTALL_FAILED', `npm wrote no readable lock file for ${names}.`);
  return lock;
}

async function runtimesFor(
  requests: readonly NpmRequest[],
  lock: PackageLock,
  machine: Machine,
): Promise<Map<string, RuntimeNeed>> {
  const needs = new Map<string, RuntimeNeed>();
  for (const { package: name } of requests) {
    // A server that cannot get a runtime must not sink the others: `describe` reports it.
    const need = await settle(() => runtimeFor(name, enginesOf(lock, name), machine));
    if (need.ok && need.value) needs.set(need.value.alias, need.value);
  }
  return needs;
}

function enginesOf(lock: PackageLock, name: string): string | undefined {
  return lock.packages[`node_modules/${name}`]?.engines?.node;
}

async function describe(request: NpmRequest, lock: PackageLock, machine: Machine): Promise<NpmResolution> {
  const { package: name, bin, allowScripts } = request;
  const location = `node_modules/${name}`;
  const locked = lock.packages[location];
  if (!locked?.version || !locked.integrity?.startsWith('sha512-')) {
    throw new McpctlError('PACKAGE_NOT_FOUND', `The npm registry gives no sha512 integrity for ${name}.`, {
      hint: 'Publish it to a registry that does, or add it as a folder: mcpctl add ./folder',
    });
  }
  const program = chooseBin({ package: name, bin: locked.bin, ...(bin !== undefined && { wanted: bin }) });
  const need = await runtimeFor(name, locked.engines?.node, machine);
  const closure = closureOf(lock, [location]);
  const scripted = [...closure].flatMap((each) => {
    const found = lock.packages[each];
    return found?.hasInstallScript
      ? [`${found.name ?? each.split('node_modules/').at(-1)}@${found.version}`]
      : [];
  });
  return {
    source: {
      type: 'npm',
      package: name,
      version: locked.version,
      integrity: sha512Of(locked.integrity),
      bin: program.name,
      ...(allowScripts && scripted.length > 0 && { scripts: true }),
    },
    ...(need && (await runtimeFacts(name, need, locked, lock))),
    binPath: program.path,
    packageCount: closure.size,
    scripted,
    ...(locked.deprecated !== undefined && { deprecated: locked.deprecated }),
    batch: { lock },
  };
}

async function runtimeFacts(
  server: string,
  need: RuntimeNeed,
  { engines }: LockedPackage,
  lock: PackageLock,
): Promise<Pick<NpmResolution, 'runtime' | 'runtimeAlias' | 'runtimeExecutable'>> {
  const { default: semver } = await import('semver');
  const found = lock.packages[`node_modules/${need.alias}`];
  if (!found?.version || !found.integrity || !semver.satisfies(found.version, engines?.node ?? '*')) {
    throw new McpctlError(
      'RUNTIME_UNAVAILABLE',
      `No ${need.package} in the registry satisfies what ${server} needs.`,
      {
        hint: `Install Node ${engines?.node} and run mcpctl with it.`,
      },
    );
  }
  return {
    runtime: { package: need.package, version: found.version, integrity: sha512Of(found.integrity) },
    runtimeAlias: need.alias,
    runtimeExecutable: need.executable,
  };
}

/** Registries may state several algorithms; the lock keeps the strongest. */
function sha512Of(integrity: string): string {
  return integrity.split(/\s+/).find((part) => part.startsWith('sha512-')) ?? integrity;
}
