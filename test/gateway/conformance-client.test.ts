import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { emptyHome, temporaryFolder } from '../support/cli.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SUITE = at('../../node_modules/@modelcontextprotocol/conformance/dist/index.js');
const NEXT_SUITE = at('../../node_modules/conformance-next/dist/index.js');

/** Each scenario starts the client, `run` and what they need; milliseconds. */
const DEADLINE = 300_000;

interface Verdict {
  /** 0 when everything passed that has to, and failed that is known to. */
  readonly status: number;
  /** Scenario → its line of the summary, which begins with ✓ or ✗. */
  readonly scenarios: ReadonlyMap<string, string>;
}

/** Has the public suite judge `run` as a client. */
async function judge(suite: string, ...selection: string[]): Promise<Verdict> {
  const { env } = await emptyHome({ CONFORMANCE_SLOTS: await temporaryFolder() });
  const command = `${process.execPath} ${at('../fixtures/conformance-client/main.mjs')}`;
  const shim = at('../fixtures/conformance-shim.mjs');
  // Scenarios wait for each other, and the clock of each runs from the beginning.
  const options = ['--command', command, '--timeout', String(DEADLINE), ...selection];
  const child = spawn(process.execPath, ['--import', shim, suite, 'client', ...options], { env });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.resume();
  const [status] = await once(child, 'close');
  const lines = text.slice(text.indexOf('=== SUITE SUMMARY ===')).matchAll(/^[✓✗] (\S+): .*$/gm);
  return { status, scenarios: new Map([...lines].map(([line, name = '']) => [name, line])) };
}

function failing({ scenarios }: Verdict): string[] {
  return [...scenarios].filter(([, line]) => !line.startsWith('✓')).map(([name]) => name);
}

/** Of extensions to the protocol, which no revision requires. */
const EXTENSIONS = [
  'auth/enterprise-managed-authorization',
  'auth/dpop',
  'auth/dpop-nonce',
  'auth/wif-jwt-bearer',
];

test.each([
  ['2025-11-25', 18],
  ['2026-07-28', 32],
])(
  'passes every scenario that %s requires of a client, and client credentials besides',
  async (revision, required) => {
    const verdict = await judge(NEXT_SUITE, '--requirements', revision);

    expect(failing(verdict)).toEqual(EXTENSIONS);
    expect(verdict.status).toBe(0);
    // Two grants of client credentials and a scenario that is younger than the revisions.
    expect(verdict.scenarios.size - EXTENSIONS.length).toBe(required + 3);
  },
  DEADLINE,
);

test(
  'passes every scenario of the released suite but those that are known to be wrong or optional',
  async () => {
    const known = at('../fixtures/conformance-client/known-failures.yml');
    const verdict = await judge(SUITE, '--suite', 'all', '--expected-failures', known);

    expect(failing(verdict)).toEqual([
      'auth/2025-03-26-oauth-metadata-backcompat',
      'auth/cross-app-access-complete-flow',
    ]);
    expect(verdict.status).toBe(0);
    expect(verdict.scenarios.size).toBe(26);
  },
  DEADLINE,
);
