import { createHash } from 'node:crypto';

export interface Sample {
  readonly what: string;
  readonly key: string;
  readonly value: string;
}

export interface Random {
  of(alphabet: string, length: number): string;
  bytes(length: number): Buffer;
  below(limit: number): number;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGIT = '0123456789';
const HEX = '0123456789abcdef';
const UPPER = LOWER.toUpperCase();
const WORD = LOWER + UPPER + DIGIT;
const BASE64URL = `${WORD}-_`;
const BASE64 = `${WORD}+/`;

/** The same numbers again for the same seed, so that a failing corpus can be repeated. */
export function randomFrom(seed: string): Random {
  let block = Buffer.alloc(0);
  let counter = 0;
  const bytes = (length: number): Buffer => {
    while (block.length < length) {
      counter += 1;
      block = Buffer.concat([block, createHash('sha512').update(`${seed} ${counter}`).digest()]);
    }
    const taken = block.subarray(0, length);
    block = block.subarray(length);
    return taken;
  };
  const below = (limit: number): number => bytes(4).readUInt32BE() % limit;
  const of = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
  return { bytes, below, of };
}

function uuid({ of }: Random): string {
  return `${of(HEX, 8)}-${of(HEX, 4)}-4${of(HEX, 3)}-a${of(HEX, 3)}-${of(HEX, 12)}`;
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Structurally valid credentials of some 45 vendors, under the names people keep them. */
export function secrets(random: Random): Sample[] {
  const { of, bytes } = random;
  const hex = (length: number): string => of(HEX, length);
  const jwt = `${base64url({ alg: 'HS256' })}.${base64url({ sub: of(WORD, 12), exp: 1 })}.${of(BASE64URL, 43)}`;
  const azure = `DefaultEndpointsProtocol=https;AccountName=store;AccountKey=${bytes(64).toString('base64')};EndpointSuffix=core.windows.net`;
  return samples([
    ['github classic', 'GITHUB_PERSONAL_ACCESS_TOKEN', `ghp_${of(WORD, 36)}`],
    ['github fine-grained', 'TOKEN', `github_pat_${of(WORD, 22)}_${of(WORD, 59)}`],
    ['gitlab', 'GITLAB_TOKEN', `glpat-${of(BASE64URL, 20)}`],
    ['linear key', 'LINEAR_API_KEY', `lin_api_${of(WORD, 40)}`],
    ['linear oauth', 'VALUE', `lin_oauth_${hex(64)}`],
    ['notion', 'NOTION_TOKEN', `ntn_${of(WORD, 46)}`],
    ['notion old', 'X', `secret_${of(WORD, 43)}`],
    ['notion headers', 'OPENAPI_MCP_HEADERS', `{"Authorization": "Bearer ntn_${of(WORD, 46)}"}`],
    ['atlassian', 'JIRA_API_TOKEN', `ATATT3xFfGF0${of(BASE64URL, 172)}=${of(HEX.toUpperCase(), 8)}`],
    ['atlassian basic', 'Authorization', `Basic ${Buffer.from(`a@b.io:${of(WORD, 24)}`).toString('base64')}`],
    ['slack bot', 'SLACK_BOT_TOKEN', `xoxb-${of(DIGIT, 12)}-${of(DIGIT, 12)}-${of(WORD, 24)}`],
    [
      'slack webhook',
      'URL',
      `https://hooks.slack.com/services/T${of(UPPER, 9)}/B${of(UPPER, 9)}/${of(WORD, 24)}`,
    ],
    ['aws id', 'AWS_ACCESS_KEY_ID', `AKIA${of(`${UPPER}234567`, 16)}`],
    ['aws secret', 'AWS_SECRET_ACCESS_KEY', of(BASE64, 40)],
    ['google api', 'GOOGLE_MAPS', `AIza${of(BASE64URL, 35)}`],
    ['google refresh', 'REFRESH', `1//0${of(BASE64URL, 99)}`],
    ['google client secret', 'CLIENT', `GOCSPX-${of(BASE64URL, 28)}`],
    ['azure storage', 'AZURE_STORAGE_CONNECTION_STRING', azure],
    ['azure client secret', 'AZURE_CLIENT_SECRET', `${of(WORD, 3)}8Q~${of(`${WORD}_.~-`, 34)}`],
    ['openai project', 'OPENAI_API_KEY', `sk-proj-${of(BASE64URL, 74)}T3BlbkFJ${of(BASE64URL, 74)}`],
    ['anthropic', 'ANTHROPIC_API_KEY', `sk-ant-api03-${of(BASE64URL, 93)}AA`],
    ['stripe', 'STRIPE', `sk_live_${of(WORD, 99)}`],
    ['sendgrid', 'MAIL', `SG.${of(BASE64URL, 22)}.${of(BASE64URL, 43)}`],
    ['twilio token', 'TWILIO_AUTH_TOKEN', hex(32)],
    ['npm', 'NODE_AUTH', `npm_${of(WORD, 36)}`],
    ['pypi', 'UV_PUBLISH', `pypi-AgEIcHlwaS5vcmc${of(BASE64URL, 160)}`],
    ['huggingface', 'HF', `hf_${of(LOWER + UPPER, 34)}`],
    ['digitalocean', 'DO', `dop_v1_${hex(64)}`],
    ['databricks', 'DATABRICKS', `dapi${hex(32)}`],
    ['vault', 'VAULT', `hvs.${of(BASE64URL, 95)}`],
    ['vault old', 'VAULT', `s.${of(WORD, 24)}`],
    ['terraform', 'TFE', `${of(WORD, 14)}.atlasv1.${of(BASE64URL, 67)}`],
    ['new relic', 'NEW_RELIC', `NRAK-${of(UPPER + DIGIT, 27)}`],
    ['datadog', 'DD_API_KEY', hex(32)],
    ['datadog app', 'DD_APPLICATION_KEY', hex(40)],
    ['sentry', 'SENTRY', `sntryu_${hex(64)}`],
    ['grafana', 'GRAFANA', `glsa_${of(WORD, 32)}_${hex(8)}`],
    ['figma', 'FIGMA', `figd_${of(BASE64URL, 43)}`],
    ['airtable', 'AIRTABLE', `pat${of(WORD, 14)}.${hex(64)}`],
    ['asana', 'ASANA', `2/${of(DIGIT, 16)}/${of(DIGIT, 16)}:${hex(32)}`],
    ['hubspot', 'HUBSPOT', `pat-na1-${uuid(random)}`],
    ['shopify', 'SHOPIFY', `shpat_${hex(32)}`],
    ['discord', 'DISCORD', `M${of(WORD, 25)}.${of(BASE64URL, 6)}.${of(BASE64URL, 38)}`],
    ['telegram', 'TELEGRAM', `${of('123456789', 10)}:AA${of(BASE64URL, 33)}`],
    ['cloudflare', 'CLOUDFLARE_API_TOKEN', of(BASE64URL, 40)],
    ['supabase', 'SUPABASE', `sbp_${hex(40)}`],
    ['exa', 'EXA_API_KEY', uuid(random)],
    ['postgres url', 'DATABASE_URL', `postgresql://app:${of(WORD, 16)}@db.internal:5432/app?sslmode=require`],
    ['redis url', 'REDIS_URL', `redis://:${of(WORD, 20)}@10.0.0.5:6379/0`],
    ['snowflake password', 'SNOWFLAKE_PASSWORD', `${of(LOWER, 6)}${of(DIGIT, 2)}!`],
    ['bearer', 'Authorization', `Bearer ${of(BASE64URL, 43)}`],
    ['jwt', 'HEADER', jwt],
    ['oauth document', 'STATE', `{"access_token":"${of(WORD, 40)}","token_type":"bearer"}`],
    ['private key', 'GOOGLE', `-----BEGIN PRIVATE KEY-----\n${of(BASE64, 64)}\n-----END PRIVATE KEY-----`],
    ['option', '', `--api-key=${of(WORD, 32)}`],
  ]);
}

/** Values that look like secrets, or stand where one belongs, and are none. */
export function lookalikes(random: Random): Sample[] {
  const { of } = random;
  return samples([
    ['reference', 'GITHUB_TOKEN', '${GITHUB_TOKEN}'],
    ['reference with a fallback', 'API_KEY', '${API_KEY:-}'],
    ['bearer reference', 'Authorization', 'Bearer ${LINEAR_API_KEY}'],
    ['client input', 'API_KEY', '${input:api-key}'],
    ['1password', 'TOKEN', `op://vault/item-${of(WORD, 20)}/credential`],
    ['documented example', 'AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE'],
    ['documented example', 'AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['x', 'SLACK_BOT_TOKEN', 'xoxb-xxxxxxxxxxxx-xxxxxxxxxxxxxxxxxxxx'],
    ['placeholder', 'OPENAI_API_KEY', '<your-api-key>'],
    ['placeholder', 'LINEAR_API_KEY', 'your_linear_api_key_here'],
    ['placeholder', 'DB_PASSWORD', 'changeme'],
    ['git commit', 'GIT_COMMIT', of(HEX, 40)],
    ['integrity', 'INTEGRITY', `sha512-${of(BASE64, 86)}==`],
    ['uuid', 'PROJECT_ID', uuid(random)],
    ['path', 'SSH_KEY_PATH', '/home/dev/.ssh/id_ed25519'],
    ['path', 'GOOGLE_APPLICATION_CREDENTIALS', '/etc/gcp/service-account-8f3a91.json'],
    ['url', 'TOKEN_URL', 'https://auth.vendor.io/oauth2/v2.0/token'],
    ['url with user', 'DATABASE_URL', 'postgresql://postgres@localhost:5432/postgres'],
    ['limit', 'MAX_TOKENS', '1000000000000000'],
    ['words', 'SECRET_NAME', 'production-database-credentials'],
    ['words', 'CACHE_KEY', 'session-cache-production-eu'],
    ['host', 'AUTH_DOMAIN', `dev-${of(LOWER + DIGIT, 12)}.us.auth0.com`],
    ['public key', 'SSH_PUBLIC_KEY', `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${of(BASE64, 43)}`],
    ['package', 'PACKAGE', '@modelcontextprotocol/server-filesystem@2026.8.31'],
    ['digest', 'IMAGE', `ghcr.io/github/github-mcp-server@sha256:${of(HEX, 64)}`],
    ['sentry address', 'SENTRY_DSN', `https://${of(HEX, 32)}@o123456.ingest.sentry.io/4507`],
    ['version', 'API_KEY_VERSION', '2024-11-05-preview-release'],
    ['option', '', '--token-file=/run/secrets/token'],
  ]);
}

function samples(rows: readonly [what: string, key: string, value: string][]): Sample[] {
  return rows.map(([what, key, value]) => ({ what, key, value }));
}
