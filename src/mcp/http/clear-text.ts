import { McpctlError } from '../../core/errors.ts';
import { isLoopback } from './proxy-choice.ts';

/** Headers that are credentials, whatever their value. */
const CREDENTIAL = /authorization|cookie|token|secret|password|credential|api[-_]?key|^x-key$|-key$/i;

export interface ClearTextCheck {
  readonly server: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Takes known secrets out of a text. */
  readonly redact: (text: string) => string;
}

/**
 * Lets credentials travel over `http:` to this machine only.
 * @throws URL_REFUSED.
 */
export function refuseClearText({ server, url, headers, redact }: ClearTextCheck): void {
  if (url.protocol !== 'http:' || isLoopback(url.hostname)) return;
  const name = Object.keys(headers).find((key) => CREDENTIAL.test(key) || isSecret(headers[key], redact));
  const isInUrl = url.username !== '' || url.password !== '' || isSecret(url.href, redact);
  if (name === undefined && !isInUrl) return;
  const what = name === undefined ? 'The address holds a secret' : `The header ${name} is a credential`;
  throw new McpctlError('URL_REFUSED', `${what}, and ${server} is reached over http:// at ${url.host}.`, {
    hint: 'Write the "url" with https://; over http:// everybody on the way can read it.',
    data: { server, host: url.host, ...(name !== undefined && { header: name }) },
  });
}

function isSecret(value: string | undefined, redact: ClearTextCheck['redact']): boolean {
  return value !== undefined && redact(value) !== value;
}
