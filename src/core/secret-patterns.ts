import { VENDOR_SECRETS } from './secret-vendors.ts';

export interface LiteralSecret {
  /** A vendor's credential such as `github-token`, or `url-password`, `authorization`, `password`, `named-secret`. */
  readonly kind: string;
}

/**
 * Whether a configuration value holds a secret itself rather than a reference to one. `key` is what the value is
 * stored under: an environment variable, a header, an option such as `--api-key`, or `''`. Values that only show
 * where a secret belongs (`${TOKEN}`, `op://…`, `<your key>`, `xxxx`, anything with EXAMPLE) are clean.
 */
export function findLiteralSecret(key: string, value: string): LiteralSecret | undefined {
  const literal = withoutReferences(value).trim();
  if (literal.length < 4) return undefined;
  return (
    findVendorSecret(literal) ??
    findUrlPassword(literal) ??
    findAuthorization(key, literal) ??
    findNamed(key, literal) ??
    findAssignment(literal)
  );
}

/** Every notation a client, a shell or a secret tool resolves; the default of `${NAME:-default}` is a literal. */
function withoutReferences(value: string): string {
  if (/^(?:op|vault|keychain|aws-sm|azure-kv|gcp-sm|doppler|file|env):/i.test(value)) return '';
  return value
    .replaceAll(/\$\{[\w.:-]*?:-([^}]*)\}/g, '$1')
    .replaceAll(
      /\$?\{\{[^}]*\}\}|\$\{[^}]*\}|\$\([^)]*\)|\{(?:env|file|input):[^}]*\}|%[A-Z_][A-Z0-9_]*%/g,
      '',
    )
    .replaceAll(/(?<![^\s/:=@"'])\$(?:env:)?[A-Z_][A-Z0-9_]*(?![^\s/:=@"',;])/g, '')
    .replaceAll(/\bop:\/\/[^\s"']+/g, '');
}

const VENDORS = VENDOR_SECRETS.map(([kind, pattern]) => ({
  kind,
  pattern: new RegExp(`(?<![A-Za-z0-9])(?:${pattern})(?![A-Za-z0-9])`, 'g'),
}));

/** A credential that can be told by its look alone, anywhere in a text. */
export function findVendorSecret(text: string): LiteralSecret | undefined {
  for (const { kind, pattern } of VENDORS) {
    for (const [found] of text.matchAll(pattern)) if (!isPlaceholder(found)) return { kind };
  }
  return undefined;
}

function findUrlPassword(text: string): LiteralSecret | undefined {
  for (const match of text.matchAll(/\b[a-z][a-z0-9+.-]*:\/\/([^\s/?#:@]*):([^\s/?#]+)@([^\s/?#:]*)/gi)) {
    const [, user = '', password = '', host = ''] = match;
    if (isPlaceholder(password) || password === user) continue;
    const isLocal = /^(?:localhost|127\.|\[|$)/i.test(host);
    if (!isLocal || isPassword(password)) return { kind: 'url-password' };
  }
  return undefined;
}

function findAuthorization(key: string, text: string): LiteralSecret | undefined {
  const [, scheme = '', credential = ''] =
    /\b(bearer|basic|token|apikey|api-key)\s+["']?([\w.~+/=:-]{8,})/i.exec(text) ?? [];
  if (!credential || isPlaceholder(credential)) return undefined;
  if (scheme.toLowerCase() === 'basic') {
    const decoded = Buffer.from(credential, 'base64').toString('latin1');
    const [, password] = /^[\x20-\x7e]*?:([\x20-\x7e]+)$/.exec(decoded) ?? [];
    return password && !isPlaceholder(password) ? { kind: 'authorization' } : undefined;
  }
  const isHeader = /authorization$/i.test(key) || /authorization["']?\s*[:=]/i.test(text);
  const isWholeValue = text.length <= scheme.length + credential.length + 3;
  return (isHeader || isWholeValue) && isRandom(credential) ? { kind: 'authorization' } : undefined;
}

function findNamed(key: string, text: string): LiteralSecret | undefined {
  const meaning = meaningOf(key);
  if (!meaning || isPlaceholder(text) || isLocation(text)) return undefined;
  if (meaning === 'password') return isPassword(text) ? { kind: 'password' } : undefined;
  return isRandom(text) ? { kind: 'named-secret' } : undefined;
}

/** Secrets inside longer texts: `--token=…`, `Password=…;`, `?api_key=…`, `{"refresh_token": "…"}`. */
function findAssignment(text: string): LiteralSecret | undefined {
  const assignments = text.matchAll(
    /(?<![\w.-])-{0,2}([A-Za-z][\w.-]{2,60})["']?\s*(?:=|:(?!\/\/)|(?<=--[\w-]+)\s)\s*["']?([^\s"'&;,]{6,})/g,
  );
  for (const [, name = '', value = ''] of assignments) {
    const found = findNamed(name, value) ?? (value.includes('=') ? findNested(value) : undefined);
    if (found) return found;
  }
  return undefined;
}

function findNested(value: string): LiteralSecret | undefined {
  const [, name = '', inner = ''] = /^([A-Za-z][\w.-]{2,60})=(.{6,})$/.exec(value) ?? [];
  return findNamed(name, inner);
}

const PASSWORD_WORDS = new Set(['password', 'passwd', 'passphrase', 'pwd', 'pass', 'pin']);
const SECRET_WORDS = new Set([
  ...[
    'token',
    'secret',
    'key',
    'apikey',
    'credential',
    'credentials',
    'authorization',
    'bearer',
    'pat',
    'auth',
  ],
  ...[
    'accesstoken',
    'authtoken',
    'apitoken',
    'secretkey',
    'clientsecret',
    'privatekey',
    'sessionid',
    'cookie',
  ],
]);
/** A last word that makes it something about a secret rather than the secret. */
const ABOUT_WORDS = new Set([
  ...[
    'account',
    'address',
    'alias',
    'callback',
    'client',
    'database',
    'description',
    'domain',
    'email',
    'flow',
  ],
  ...[
    'label',
    'organization',
    'policy',
    'port',
    'project',
    'realm',
    'redirect',
    'role',
    'strategy',
    'tenant',
  ],
  ...['title', 'username'],
  ...['algorithm', 'arn', 'audience', 'backend', 'budget', 'command', 'count', 'dir', 'directory', 'enabled'],
  ...[
    'endpoint',
    'env',
    'expiry',
    'field',
    'file',
    'format',
    'header',
    'helper',
    'host',
    'id',
    'issuer',
    'kind',
  ],
  ...['length', 'limit', 'method', 'mode', 'name', 'path', 'prefix', 'provider', 'ref', 'region', 'required'],
  ...[
    'scheme',
    'scope',
    'scopes',
    'server',
    'size',
    'store',
    'timeout',
    'ttl',
    'type',
    'uri',
    'url',
    'user',
    'var',
  ],
  ...['variable', 'vault', 'version'],
]);
/** Words that make a key something to be shown. */
const OPEN_WORDS = new Set([
  'public',
  'publishable',
  'primary',
  'foreign',
  'sort',
  'partition',
  'cache',
  'shortcut',
]);

function meaningOf(key: string): 'password' | 'secret' | undefined {
  const words = key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const last = words.at(-1) ?? '';
  // `AWS_ACCESS_KEY_ID` and `CLIENT_ID` are names, `SESSION_ID` is as good as a password.
  if (ABOUT_WORDS.has(last) && !(last === 'id' && words.includes('session'))) return undefined;
  if (words.some((word) => OPEN_WORDS.has(word))) return undefined;
  if (words.some((word) => PASSWORD_WORDS.has(word) || word.endsWith('password'))) return 'password';
  const isSecret = words.some((word) => SECRET_WORDS.has(word) || /(?:token|secret|apikey)$/.test(word));
  return isSecret || (last === 'id' && words.includes('session')) ? 'secret' : undefined;
}

const PLACEHOLDER =
  /example|x{4,}|\*{3,}|\.{3}|…|•{3,}|<[^>]*>|^\[.*\]$|change[-_ ]?(?:me|this|it)|place[-_]?holder|your[-_ ]|[-_ ]here$|^your|replace[-_ ]|insert[-_ ]|redacted|dummy|^(?:todo|fixme|tbd|none|null|undefined|true|false|test|demo|sample)$|^(?:my[-_]?)?(?:password|passwd|pass|pwd|secret|token|key|api[-_]?key|user|admin|root|postgres)(?:123)?$|(?:0123456789|1234567890|abcdefghij)/i;

function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text) || /(.)\1{7}/.test(text) || new Set(text).size < Math.min(5, text.length);
}

/** Paths, addresses and host names. Base64 may begin with a slash too, but not like a folder's name. */
function isLocation(text: string): boolean {
  return (
    (/^(?:~|\.{1,2})?\/[a-z0-9._-]{2,20}(?:\/|$)/i.test(text) &&
      !/[+=]/.test(text) &&
      !/^\/[^/]*[A-Z][^/]*[a-z]/.test(text)) ||
    /^(?:~\/|\.{1,2}\/|[A-Za-z]:[\\/]|\\\\|[a-z][a-z0-9+.-]*:\/\/)/i.test(text) ||
    /^(?:[\w.+-]+@)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,12}(?::\d+)?(?:\/[^+=]*)?$/.test(text) ||
    /\.(?:pem|json|key|crt|txt|p12)$/i.test(text)
  );
}

/** People choose passwords, so anything that is not just a word, a number or a sentence counts. */
function isPassword(text: string): boolean {
  if (text.length < 6 || /\s/.test(text) || isWords(text)) return false;
  return !/^\d+$/.test(text) || text.length >= 8;
}

/** Machines choose tokens and keys: long, no words, many different characters. */
function isRandom(text: string): boolean {
  if (text.length < 16 || /\s/.test(text) || /^\d+(?:\.\d+)*$/.test(text) || isWords(text)) return false;
  return entropyOf(text) >= (/^[0-9a-f-]+$/i.test(text) ? 2.5 : 3);
}

/** `my-service-account`, `Production.Key`: parts that can be pronounced, with at most a short number. */
function isWords(text: string): boolean {
  return text
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .split(/[-_.:/@ ]+/)
    .every(
      (part) => /^(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15}|v?\d{1,4}|)$/.test(part) && !/[^aeiouy\d]{5,}/i.test(part),
    );
}

/** Shannon entropy in bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
