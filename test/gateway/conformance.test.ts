import { expect, test } from 'vitest';
import { emptyHome, MCPCTL } from '../support/cli.ts';
import { count, DEADLINE, front, judge, judgeRevision, NEXT_SUITE, SUITE } from '../support/conformance.ts';
import { startEverything } from '../support/http-servers.ts';
import { EVERYTHING, fixtureEntry, fixturePath, writeManifest } from '../support/servers.ts';

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
    const [direct, relayed, relayedNext, relayedModern] = await Promise.all([
      front([process.execPath, fixturePath('conformance')], env).then((url) => judge(url, SUITE)),
      front(run, env).then((url) => judge(url, SUITE)),
      front(run, env).then((url) => judge(url, NEXT_SUITE, '--requirements', '2025-11-25')),
      front(run, env).then((url) => judgeRevision(url, '2026-07-28')),
    ]);

    expect(relayed).toEqual(direct);
    expect(count(relayed, 'FAILURE')).toBe(0);
    expect(count(relayed, 'SUCCESS')).toBe(40);
    expect(count(relayedNext, 'FAILURE')).toBe(0);
    expect(count(relayedNext, 'SUCCESS')).toBeGreaterThanOrEqual(30);
    expect(relayedModern).toEqual({});
  },
  DEADLINE,
);
