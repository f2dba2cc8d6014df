import type { StoredSignIn } from '../../../auth/tokens/stored-sign-in.ts';
import type { ServerTarget } from '../../../mcp/transport.ts';
import { type Finding, finding } from '../../finding.ts';
import type { FindingCode } from '../../finding-codes.ts';
import { isLoopback, type Reach } from '../../reach.ts';
import type { ServerCheck, ServerExam } from '../../server-check.ts';

const HELLO = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'mcpctl', version: '0' } },
});

/** A URL that could not be used: a second, plain request finds out how far one gets. */
export const reachable: ServerCheck = {
  id: 'reachable',
  stage: 'after',
  async run(exam) {
    const { tried, prepared, situation, server } = exam;
    const { target } = prepared;
    if (!tried || tried.ok || target?.kind !== 'remote') return [];
    if (tried.error.code === 'SERVER_NO_TOOLS')
      return [refused(exam, 'SERVER_NO_TOOLS', 'Its list of tools is empty; a key may lack permissions.')];
    if (!URL.canParse(target.url) || !/^https?:$/.test(new URL(target.url).protocol)) {
      return [refused(exam, 'SERVER_URL_INVALID', `The url of ${server.name} is no http(s) address.`)];
    }
    const url = new URL(target.url);
    const answer = await situation.machine.reach(url, {
      method: 'POST',
      body: HELLO,
      headers: {
        ...target.headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      timeoutMs: 5_000,
      ...(await situation.route(url)),
    });
    return answer.ok ? byStatus(exam, answer.status) : [byStage(exam, answer, url)];
  },
};

const STAGES: Record<Extract<Reach, { ok: false }>['stage'], [FindingCode, string]> = {
  dns: [
    'SERVER_HOST_UNKNOWN',
    'The name of the host does not resolve: the address is mistyped, or the network is off',
  ],
  tcp: ['SERVER_HOST_UNREACHABLE', 'No connection is possible: a firewall, a VPN, or the service is down'],
  proxy: ['SERVER_HOST_UNREACHABLE', 'The proxy refuses the way'],
  tls: ['SERVER_CERTIFICATE', 'Its certificate is not trusted here'],
  http: ['SERVER_HTTP_BROKEN', 'It hangs up without an answer'],
  timeout: ['SERVER_SILENT', 'It accepts a connection and stays silent'],
};

function byStage(exam: ServerExam, answer: Extract<Reach, { ok: false }>, url: URL): Finding {
  const [code, what] = STAGES[answer.stage];
  if (answer.stage === 'tcp' && isLoopback(url.href)) {
    return refused(
      exam,
      'SERVER_NOT_LISTENING',
      `Nothing listens on port ${url.port || 80} of this machine: the server is not started.`,
    );
  }
  return refused(exam, code, `${what} (${answer.code || answer.message}).`);
}

function byStatus(exam: ServerExam, status: number): Finding[] {
  const { prepared } = exam;
  const isRefused = status === 401 || status === 403;
  if (isRefused && prepared.signIn === 'renewable') return [];
  if (isRefused && prepared.signIn === undefined && hasKey(prepared.target)) {
    const why = 'the key is wrong, expired, or lacks permissions';
    return [refused(exam, 'SERVER_KEY_REFUSED', `It answers ${status}: ${why}.`)];
  }
  return [isRefused ? signInNeeded(exam, status) : byOtherStatus(exam, status)];
}

function hasKey(target: ServerTarget | undefined): boolean {
  if (target?.kind !== 'remote') return false;
  return Object.keys(target.headers).some((name) => /^authorization$|key|token/i.test(name));
}

function signInNeeded(
  { server: { name, entry }, prepared: { signIn } }: ServerExam,
  status: number,
): Finding {
  const isOAuth = entry.auth === 'oauth' || signIn === 'good' || signIn === 'ended';
  const fix = isOAuth
    ? { command: `mcpctl auth login ${name}`, description: 'signs in' }
    : { command: `mcpctl info ${name}`, description: 'shows which key it takes and where to get it' };
  const what = isOAuth ? 'wants a sign-in' : 'wants a sign-in or a key';
  return finding('SIGN_IN_NEEDED', {
    subject: name,
    message: `${name} ${what} (it answers ${status}).`,
    cause: isOAuth ? CAUSES[signIn ?? 'none'] : 'Its entry sends neither.',
    fix: { ...fix, isSafe: false },
  });
}

const CAUSES: Readonly<Record<StoredSignIn['kind'], string>> = {
  none: 'Nobody is signed in.',
  ended: 'The sign-in has ended and cannot be renewed.',
  renewable: 'The sign-in has expired.',
  good: 'It refuses the stored sign-in.',
};

function byOtherStatus(exam: ServerExam, status: number): Finding {
  if (status >= 500 || status === 429) {
    return refused(
      exam,
      'SERVER_UNHEALTHY',
      status === 429
        ? 'It answers 429: too many requests.'
        : `It answers ${status}: it has trouble of its own.`,
    );
  }
  return refused(
    exam,
    'SERVER_NOT_MCP',
    `It answers ${status}, but not as an MCP server: the path of the address may be wrong, or another program has the port.`,
  );
}

function refused({ server, tried }: ServerExam, code: FindingCode, cause: string): Finding {
  const message = tried && !tried.ok ? tried.error.message : `${server.name} cannot be used.`;
  return finding(code, {
    subject: server.name,
    message,
    cause,
    fix: {
      command: `mcpctl info ${server.name}`,
      description: 'shows the address the server should have',
      isSafe: false,
    },
  });
}
