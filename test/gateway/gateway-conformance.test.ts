import { expect, test } from 'vitest';
import { MCPCTL } from '../support/cli.ts';
import { count, DEADLINE, front, judge, judgeRevision, SUITE } from '../support/conformance.ts';
import { gatewayHome, startGateway } from '../support/gateway.ts';
import { fixturePath } from '../support/servers.ts';

/** The fixture that passes everything, in an era. */
function before(era: 'legacy' | 'modern' | 'both'): Parameters<typeof startGateway>[0] {
  const subject = { command: process.execPath, args: [fixturePath('conformance'), '--era', era] };
  return { servers: { subject }, settings: { limits: { perMinute: 0 }, audit: { key: 'file' } } };
}

/** Where a gateway offers the fixture's names as they are. */
async function addressBefore(era: 'legacy' | 'modern' | 'both'): Promise<string> {
  const { url } = await startGateway({ ...before(era), args: ['--no-token'] });
  return `${url.replace('127.0.0.1', 'localhost')}/subject`;
}

async function expectReleasedSuite(url: string): Promise<void> {
  const verdicts = await judge(url, SUITE);
  expect(count(verdicts, 'FAILURE')).toBe(0);
  expect(count(verdicts, 'SUCCESS')).toBe(40);
}

test.each(['both', 'modern', 'legacy'] as const)(
  'clients with a handshake lose nothing through the gateway: %s',
  async (era) => {
    const url = await addressBefore(era);

    await expectReleasedSuite(url);
    expect(await judgeRevision(url, '2025-11-25')).toEqual({});
  },
  DEADLINE,
);

test.each(['both', 'modern'] as const)(
  'stateless clients lose nothing through the gateway: %s',
  async (era) => {
    expect(await judgeRevision(await addressBefore(era), '2026-07-28')).toEqual({});
  },
  DEADLINE,
);

/** Scenario and check → status, where a server with a handshake leaves a stateless client without what it wants. */
const BEYOND_A_HANDSHAKE = {
  // The suite wants its question under a name of its own, and questions of such servers have no names.
  'input-required-result-basic-elicitation sep-2322-elicitation-incomplete InputRequiredResultElicitationIncomplete':
    'FAILURE',
  // Answers that come before the question: such a server asks while it works on the call.
  'input-required-result-ignore-extra-params sep-2322-ignore-unexpected-params IgnoreUnexpectedParams':
    'WARNING',
};

test(
  'stateless clients get through the gateway all that a server with a handshake can say',
  async () => {
    expect(await judgeRevision(await addressBefore('legacy'), '2026-07-28')).toEqual(BEYOND_A_HANDSHAKE);
  },
  DEADLINE,
);

test(
  'the gateway on standard streams passes the same',
  async () => {
    const { env } = await gatewayHome(before('both'));
    const url = await front([process.execPath, MCPCTL, 'gateway', '--server', 'subject'], env);

    await expectReleasedSuite(url);
    expect(await judgeRevision(url, '2026-07-28')).toEqual({});
  },
  DEADLINE,
);
