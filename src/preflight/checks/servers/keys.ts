import type { McpctlError } from '../../../core/errors.ts';
import type { ServerTarget } from '../../../mcp/transport.ts';
import { type Finding, finding } from '../../finding.ts';
import type { FindingCode } from '../../finding-codes.ts';
import type { ServerCheck } from '../../server-check.ts';

const CODES: Readonly<Record<string, FindingCode>> = {
  KEYCHAIN_UNAVAILABLE: 'KEY_UNREADABLE',
  SECRET_BACKEND_FAILED: 'KEY_UNREADABLE',
  SECRET_BACKEND_UNKNOWN: 'KEY_UNREADABLE',
  SECRET_CORRUPT: 'KEY_UNREADABLE',
  SECRET_FILE_UNSAFE: 'KEY_FILE_OPEN_TO_OTHERS',
  SECRET_MISSING: 'KEY_MISSING',
};

export const keys: ServerCheck = {
  id: 'keys',
  stage: 'before',
  async run({ server, situation, prepared }) {
    const found = new Map<string, Finding>();
    for (const failure of prepared.failures) {
      const code = CODES[failure.code];
      if (code)
        found.set(
          `${code} ${String(failure.data?.name ?? failure.message)}`,
          report(server.name, code, failure),
        );
    }
    const now = situation.machine.now().getTime();
    const expired = prepared.secrets
      // Tokens of a sign-in are renewed, and judged by their server.
      .filter((secret) => !(prepared.signIn !== undefined && isSent(secret, prepared.target)))
      .map((secret) => expiryOf(secret))
      .filter((time) => time !== undefined && time < now);
    if (expired.length > 0)
      found.set('KEY_EXPIRED', expiredKey(server.name, Math.max(...(expired as number[]))));
    for (const name of prepared.notGiven) found.set(`not given ${name}`, notGiven(server.name, name));
    return [...found.values()];
  },
};

function isSent(token: string, target: ServerTarget | undefined): boolean {
  return target?.kind === 'remote' && target.headers.authorization === `Bearer ${token}`;
}

function report(server: string, code: FindingCode, { message, hint }: McpctlError): Finding {
  return finding(code, {
    subject: server,
    message,
    cause:
      code === 'KEY_MISSING'
        ? 'The entry refers to it, and it is kept nowhere.'
        : 'The place it is kept in did not give it out.',
    ...(hint && { fix: { command: hint, description: 'stores the value', isSafe: false } }),
  });
}

function notGiven(server: string, name: string): Finding {
  return finding('KEY_NOT_GIVEN', {
    subject: server,
    message: `${server} needs ${name}, and its entry does not give it.`,
    cause: 'Servers get the variables their entry names, and no others.',
    fix: {
      command: `mcpctl secret set ${name}`,
      description: `stores it; then add "${name}": "\${${name}}" to "env"`,
      isSafe: false,
    },
  });
}

function expiredKey(server: string, time: number): Finding {
  return finding('KEY_EXPIRED', {
    subject: server,
    message: `A key of ${server} expired on ${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    cause: 'It is a token with an end date written in it.',
    fix: { command: `mcpctl info ${server}`, description: 'says where to get a new one', isSafe: false },
  });
}

/** Milliseconds since 1970 of the `exp` of a JSON Web Token; undefined for anything else. */
function expiryOf(secret: string): number | undefined {
  const [, , payload] = /^(?:Bearer )?(eyJ[\w-]+)\.(eyJ[\w-]+)\.[\w-]*$/.exec(secret) ?? [];
  if (payload === undefined) return undefined;
  const match = /"exp"\s*:\s*(\d{9,11})\b/.exec(Buffer.from(payload, 'base64url').toString());
  return match ? Number(match[1]) * 1_000 : undefined;
}
