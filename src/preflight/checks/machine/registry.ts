import type { Check } from '../../check.ts';
import { type Finding, finding } from '../../finding.ts';
import type { FindingCode } from '../../finding-codes.ts';
import type { Reach } from '../../reach.ts';

export const registry: Check = {
  id: 'registry',
  area: 'machine',
  title: 'npm registry',
  needsNetwork: true,
  deadlineMs: 15_000,
  async run(situation) {
    const address = await situation.registryAddress();
    // Without npm there is nothing to ask; that npm is missing is said elsewhere.
    if (address === undefined) return { findings: [], detail: 'npm does not say' };
    if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
      return {
        findings: [
          finding('REGISTRY_URL_INVALID', {
            subject: 'npm registry',
            message: `npm's registry setting is ${JSON.stringify(address.replace(/^.*@/, '***@'))}.`,
            cause: 'npm_config_registry or an .npmrc holds something else than an http(s) address.',
            fix: {
              command: 'npm config delete registry',
              description: 'goes back to the public registry',
              isSafe: false,
            },
          }),
        ],
      };
    }
    const { host } = new URL(address);
    const answer = await situation.registry();
    if (!answer.ok) return { findings: [unreachable(host, answer)], detail: host };
    if (answer.status < 500) return { findings: [], detail: host };
    return {
      detail: host,
      findings: [
        finding('REGISTRY_UNHEALTHY', {
          subject: host,
          message: `The npm registry ${host} answers ${answer.status}.`,
          cause: 'The registry has trouble of its own.',
        }),
      ],
    };
  },
};

const CODES: Record<Extract<Reach, { ok: false }>['stage'], [FindingCode, string]> = {
  dns: ['REGISTRY_DNS', 'Its name does not resolve'],
  tcp: ['REGISTRY_REFUSED', 'No connection'],
  proxy: ['REGISTRY_PROXY', 'The proxy refuses the way'],
  tls: ['REGISTRY_TLS', 'Its certificate is not trusted'],
  http: ['REGISTRY_TIMEOUT', 'It hangs up'],
  timeout: ['REGISTRY_TIMEOUT', 'It accepts a connection and stays silent'],
};

const FIXES: Partial<Record<FindingCode, { command: string; description: string }>> = {
  REGISTRY_DNS: { command: 'npm config get registry', description: 'shows which registry npm asks' },
  REGISTRY_TLS: {
    command: 'export NODE_EXTRA_CA_CERTS=/path/to/company-ca.pem',
    description: 'trusts the certificate of your company',
  },
  REGISTRY_PROXY: { command: 'npm config get https-proxy', description: 'shows which proxy npm uses' },
};

function unreachable(host: string, answer: Extract<Reach, { ok: false }>): Finding {
  const [code, what] = CODES[answer.stage];
  const fix = FIXES[code];
  return finding(code, {
    subject: host,
    message: `The npm registry ${host} cannot be reached. ${what}.`,
    cause: [answer.message, answer.message.includes(answer.code) ? '' : answer.code]
      .filter(Boolean)
      .join(' '),
    ...(fix && { fix: { ...fix, isSafe: false } }),
  });
}
