import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from './cli.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SHIM = at('../fixtures/conformance-shim.mjs');
const NEXT = at('../../node_modules/conformance-next');

/** Programs of the public suite. */
export const SUITE = at('../../node_modules/@modelcontextprotocol/conformance/dist/index.js');
export const NEXT_SUITE = join(NEXT, 'dist/index.js');

/** The suites start a server for each of some thirty scenarios, several suites at once; milliseconds. */
export const DEADLINE = 300_000;

const PASSED: readonly string[] = ['SUCCESS', 'INFO'];

/** Scenario and check → status. */
export type Verdicts = Record<string, string>;

/** Of a scenario that made the suite itself stumble. */
const GAVE_UP = { id: 'suite', name: 'GaveUp', status: 'FAILURE' };

/** Puts an HTTP front before a stdio server; settles with its address. */
export async function front(command: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [at('../fixtures/http-front.mjs'), ...command], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  return `http://localhost:${String(port).trim()}/mcp`;
}

/** Judges a server by the public suite. */
export async function judge(url: string, suite: string, ...more: string[]): Promise<Verdicts> {
  const output = await temporaryFolder();
  const args = ['--import', SHIM, suite, 'server', '--url', url, '-o', output, ...more];
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'close');
  const verdicts: Verdicts = {};
  for (const folder of await readdir(output)) {
    const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    const file = join(output, folder, 'checks.json');
    const checks = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : [GAVE_UP];
    for (const { id, name, status } of checks) {
      const key = `${scenario} ${id} ${name}`;
      // Some checks run several times, each time with another request.
      if (verdicts[key] === undefined || PASSED.includes(verdicts[key])) verdicts[key] = status;
    }
  }
  return verdicts;
}

/** Judges a server by what a revision requires of servers: scenario and check → status, of those that did not pass. */
export async function judgeRevision(url: string, revision: string): Promise<Verdicts> {
  const file = await readFile(join(NEXT, 'requirements', `${revision}.yaml`), 'utf8');
  const { server: required } = parse(file) as { server: string[] };
  const verdicts = await judge(url, NEXT_SUITE, '--requirements', revision);
  const scenarioOf = (check: string): string => check.split(' ')[0] ?? '';
  const seen = new Set(Object.keys(verdicts).map(scenarioOf));
  const missing = required.filter((scenario) => !seen.has(scenario));
  if (missing.length > 0) throw new Error(`not judged: ${missing.join(', ')}`);
  const lost = ([check, status]: [string, string]): boolean =>
    required.includes(scenarioOf(check)) && !PASSED.includes(status);
  return Object.fromEntries(Object.entries(verdicts).filter(lost));
}

export function count(verdicts: Verdicts, status: string): number {
  return Object.values(verdicts).filter((one) => one === status).length;
}
