import type { Check } from '../../check.ts';
import { type Finding, finding } from '../../finding.ts';
import type { Situation } from '../../situation.ts';

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const;

export const proxy: Check = {
  id: 'proxy',
  area: 'machine',
  title: 'Proxy',
  async run(situation) {
    const settings = await proxySettings(situation);
    if (settings.length === 0) return { findings: [], detail: 'none' };
    const seen = new Set<string>();
    const findings: Finding[] = [];
    for (const { source, value } of settings) {
      const url = proxyUrl(value);
      if (!url) {
        findings.push(
          finding('PROXY_INVALID', {
            subject: source,
            message: `${source} is ${JSON.stringify(withoutPassword(value))}, which is no proxy address.`,
            cause: 'A proxy address begins with http:// or https:// and names a host.',
            fix: {
              command: source.includes(' ')
                ? `npm config delete ${source.split(' ').at(-1)}`
                : `export ${source}=http://host:port`,
              description: 'corrects the address',
              isSafe: false,
            },
          }),
        );
      } else if (!situation.isOffline && !seen.has(url.host)) {
        seen.add(url.host);
        findings.push(...(await tryProxy(source, url, situation)));
      }
    }
    return { findings, detail: [...seen].join(', ') };
  },
};

interface Setting {
  /** `HTTPS_PROXY`, or `npm https-proxy`. */
  readonly source: string;
  readonly value: string;
}

async function proxySettings({ machine, npmConfig }: Situation): Promise<Setting[]> {
  const { env } = machine;
  const fromEnv = VARIABLES.flatMap((upper) =>
    [upper, upper.toLowerCase()].flatMap((source) => {
      const value = env[source];
      return value ? [{ source, value }] : [];
    }),
  );
  const { proxy: plain, httpsProxy } = await npmConfig();
  const known = new Set(fromEnv.map(({ value }) => value));
  const fromNpm = [
    { source: 'npm proxy', value: plain },
    { source: 'npm https-proxy', value: httpsProxy },
  ].flatMap(({ source, value }) =>
    value && value !== 'null' && !known.has(value) ? [{ source, value }] : [],
  );
  return [...fromEnv, ...fromNpm];
}

/** Undefined for what no HTTP client takes as a proxy; a bare `host:port` is taken, as curl and npm do. */
export function proxyUrl(value: string): URL | undefined {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return ['http:', 'https:'].includes(url.protocol) && url.hostname !== '' ? url : undefined;
}

async function tryProxy(source: string, url: URL, { machine }: Situation): Promise<Finding[]> {
  const answer = await machine.reach(url, { method: 'HEAD', timeoutMs: 5_000 });
  // A proxy may answer a direct request as it likes, or hang up: only the way to it counts here.
  if (answer.ok || answer.stage === 'http' || answer.stage === 'timeout' || answer.stage === 'tls') return [];
  return [
    finding('PROXY_UNREACHABLE', {
      subject: source,
      message: `The proxy ${url.host} of ${source} cannot be reached.`,
      cause: answer.stage === 'dns' ? 'Its name does not resolve.' : `No connection: ${answer.message}.`,
      fix: {
        command: source.includes(' ') ? `npm config delete ${source.split(' ').at(-1)}` : `unset ${source}`,
        description: 'goes without the proxy, if this network allows it',
        isSafe: false,
      },
    }),
  ];
}

const withoutPassword = (value: string): string => value.replace(/\/\/[^@/]*@/, '//***@');
