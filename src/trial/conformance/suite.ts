import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { McpctlError } from '../../core/errors.ts';
import type { Env } from '../../platform/env.ts';
import { execute } from '../../platform/execute.ts';

const PACKAGE = '@modelcontextprotocol/conformance';

/** The versions that are run: the released suite, and the one that knows both revisions. */
export const SUITES = [
  { version: '0.1.16', label: '0.1.16', revision: undefined, era: 'legacy' },
  { version: '0.2.0-alpha.12', label: '2025-11-25', revision: '2025-11-25', era: 'legacy' },
  { version: '0.2.0-alpha.12', label: '2026-07-28', revision: '2026-07-28', era: 'modern' },
] as const;

export type Suite = (typeof SUITES)[number];

export interface SuiteMachine {
  readonly env: Env;
  readonly cache: string;
  /** Node that runs the suite. */
  readonly node: string;
  readonly signal: AbortSignal;
}

/** A check of the suite. */
export interface SuiteCheck {
  readonly scenario: string;
  readonly id: string;
  /** SUCCESS, FAILURE, WARNING, INFO or SKIPPED. */
  readonly status: string;
  readonly message: string;
}

const NPM_MS = 300_000;
const RUN_MS = 600_000;

/** Lets npm fetch a version of the suite into the cache, once. @throws TOOL_FAILED, TOOL_MISSING, TOOL_TIMEOUT. */
async function fetchSuite(version: string, { env, cache, signal }: SuiteMachine): Promise<string> {
  const parent = join(cache, 'conformance');
  const folder = join(parent, version);
  const program = join(folder, 'node_modules', PACKAGE, 'dist', 'index.js');
  if (existsSync(program)) return program;
  await mkdir(parent, { recursive: true, mode: 0o700 });
  // Fetched aside and moved: another mcpctl may be doing the same.
  const aside = await mkdtemp(join(parent, 'fetch-'));
  try {
    await writeFile(join(aside, 'package.json'), '{"private":true}\n');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${PACKAGE}@${version}`];
    const done = await execute({ command: 'npm', args, env, cwd: aside, deadline: NPM_MS, signal });
    if (done.status !== 0) {
      throw new McpctlError(
        'TOOL_FAILED',
        `npm could not fetch ${PACKAGE}@${version}: ${done.stderr.trim().split('\n').at(-1) ?? ''}`,
        {
          hint: 'Check the network and the registry npm is configured with, or leave out --conformance.',
        },
      );
    }
    await rename(aside, folder).catch(() => {
      if (!existsSync(program)) throw new McpctlError('TOOL_FAILED', `${folder} could not be made.`);
    });
    return program;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** The suites import `fs.globSync`, which Node 20 has not, for a command that is not run here. */
const SHIM = `
import { register } from 'node:module';
const hooks = \`
const source = "import fs from 'node:fs'; export * from 'node:fs'; export default fs;" +
  "export const globSync = fs.globSync ?? (() => []);";
export async function resolve(specifier, context, next) {
  const isSuite = /conformance\\\\/dist\\\\/index\\\\.js$/.test(context.parentURL ?? '');
  return isSuite && (specifier === 'fs' || specifier === 'node:fs')
    ? { url: 'shim:fs', shortCircuit: true, format: 'module' }
    : next(specifier, context);
}
export async function load(url, context, next) {
  return url === 'shim:fs' ? { format: 'module', shortCircuit: true, source } : next(url, context);
}\`;
register('data:text/javascript,' + encodeURIComponent(hooks));
`;

/** Runs a suite against a server; every check of every scenario it ran. */
export async function runSuite(suite: Suite, url: string, machine: SuiteMachine): Promise<SuiteCheck[]> {
  const program = await fetchSuite(suite.version, machine);
  const output = await mkdtemp(join(machine.cache, 'conformance', 'run-'));
  try {
    const shim = `data:text/javascript,${encodeURIComponent(SHIM)}`;
    const revision = suite.revision === undefined ? [] : ['--requirements', suite.revision];
    const args = ['--import', shim, program, 'server', '--url', url, '-o', output, ...revision];
    // It exits with 1 when a scenario fails; the files say which.
    await execute({
      command: machine.node,
      args,
      env: machine.env,
      deadline: RUN_MS,
      signal: machine.signal,
    });
    const folders = await readdir(output);
    const checks = await Promise.all(folders.map((folder) => readChecks(join(output, folder), folder)));
    return checks.flat();
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function readChecks(path: string, folder: string): Promise<SuiteCheck[]> {
  const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
  const file = join(path, 'checks.json');
  if (!existsSync(file)) return [{ scenario, id: 'suite', status: 'FAILURE', message: 'the suite gave up' }];
  const checks = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>[];
  return checks.map(({ id, status, errorMessage, description }) => ({
    scenario,
    id: String(id),
    status: String(status),
    message: String(errorMessage ?? description ?? ''),
  }));
}
