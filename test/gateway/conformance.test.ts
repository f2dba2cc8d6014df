import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, MCPCTL, temporaryFolder } from '../support/cli.ts';
import { startEverything } from '../support/http-servers.ts';
import { EVERYTHING, fixtureEntry, fixturePath, writeManifest } from '../support/servers.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SUITE = at('../../node_modules/@modelcontextprotocol/conformance/dist/index.js');
const NEXT_SUITE = at('../../node_modules/conformance-next/dist/index.js');

/** The suites start a server for each of some thirty scenarios, several suites at once; milliseconds. */
const DEADLINE = 300_000;

/** Scenario and check → status. */
type Verdicts = Record<string, string>;

/** Puts an HTTP front before a stdio server; settles with its address. */
async function front(command: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [at('../fixtures/http-front.mjs'), ...command], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  return `http://localhost:${String(port).trim()}/mcp`;
}

/** Judges a server by the public suite. */
async function judge(url: string, suite: string, ...more: string[]): Promise<Verdicts> {
  const output = await temporaryFolder();
  const shim = at('../fixtures/conformance-shim.mjs');
  const args = ['--import', shim, suite, 'server', '--url', url, '-o', output, ...more];
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'close');
  const verdicts: Verdicts = {};
  for (const folder of await readdir(output)) {
    const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-.*$/, '');
    const checks = JSON.parse(await readFile(join(output, folder, 'checks.json'), 'utf8'));
    for (const { id, name, status } of checks) verdicts[`${scenario} ${id} ${name}`] = status;
  }
  return verdicts;
}

function count(verdicts: Verdicts, status: string): number {
  return Object.values(verdicts).filter((one) => one === status).length;
}

async function homeWith(entry: object): Promise<{ env: Record<string, string>; run: string[] }> {
  const { home, env } = await emptyHome();
  await writeManifest(home, { subject: entry });
  return { env, run: [process.execPath, MCPCTL, 'run', 'subject'] };
}

test(
  'server-everything passes the same scenarios through run as without',
  async () => {
    const command = [process.execPath, EVERYTHING, 'stdio'];
    const overStdio = await homeWith({ command: process.execPath, args: [EVERYTHING, 'stdio'] });
    const overHttp = await homeWith({ url: `${await startEverything('streamableHttp')}/mcp` });
    const [direct, relayed, relayedOverHttp] = await Promise.all([
      front(command, overStdio.env).then((url) => judge(url, SUITE)),
      front(overStdio.run, overStdio.env).then((url) => judge(url, SUITE)),
      front(overHttp.run, overHttp.env).then((url) => judge(url, SUITE)),
    ]);

    expect(relayed).toEqual(direct);
    expect(relayedOverHttp).toEqual(direct);
    expect(count(direct, 'SUCCESS')).toBeGreaterThanOrEqual(14);
  },
  DEADLINE,
);

test(
  'a server that passes everything does so through run',
  async () => {
    const { env, run } = await homeWith(fixtureEntry('conformance'));
    const [direct, relayed, relayedNext] = await Promise.all([
      front([process.execPath, fixturePath('conformance')], env).then((url) => judge(url, SUITE)),
      front(run, env).then((url) => judge(url, SUITE)),
      front(run, env).then((url) => judge(url, NEXT_SUITE, '--requirements', '2025-11-25')),
    ]);

    expect(relayed).toEqual(direct);
    expect(count(relayed, 'FAILURE')).toBe(0);
    expect(count(relayed, 'SUCCESS')).toBe(40);
    expect(count(relayedNext, 'FAILURE')).toBe(0);
    expect(count(relayedNext, 'SUCCESS')).toBeGreaterThanOrEqual(30);
  },
  DEADLINE,
);
