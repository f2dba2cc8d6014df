import type { Credential, Tokens } from '../../../src/auth/credential.ts';
import type { Grants } from '../../../src/auth/tokens/grants.ts';
import { McpctlError } from '../../../src/core/errors.ts';

export interface IssuerDouble extends Grants {
  readonly log: string[];
  /** What the next request meets instead of an answer. */
  fail: McpctlError | undefined;
  /** Called while a refresh is under way, before it is answered. */
  meanwhile: () => Promise<unknown>;
  lifetimeMs: number | undefined;
  knows: (client: string) => boolean;
  /** The access token in force. */
  readonly current: string;
}

/** An authorization server in memory that rotates, and ends the family when a refresh token is used twice. */
export function issuerDouble(now: () => Date): IssuerDouble {
  let turn = 0;
  let isDead = false;
  const tokens = (): Tokens => ({
    access: `access-${turn}`,
    refresh: `refresh-${turn}`,
    ...(issuer.lifetimeMs !== undefined && { expiresAt: now().getTime() + issuer.lifetimeMs }),
    receivedAt: now().getTime(),
    scopes: ['read'],
  });
  const issuer: IssuerDouble = {
    log: [],
    fail: undefined,
    meanwhile: async () => {},
    lifetimeMs: 3_600_000,
    knows: () => true,
    get current() {
      return `access-${turn}`;
    },
    async refresh({ tokens: old, client }) {
      issuer.log.push(`refresh ${old?.refresh} as ${client.id}`);
      await issuer.meanwhile();
      if (issuer.fail) throw issuer.fail;
      if (!issuer.knows(client.id)) throw refused('invalid_client');
      if (isDead || old?.refresh !== `refresh-${turn}`) {
        isDead = true;
        throw refused('invalid_grant');
      }
      turn += 1;
      return { tokens: tokens() };
    },
    async clientCredentials() {
      issuer.log.push('client credentials');
      turn += 1;
      const { refresh: _, ...own } = tokens();
      return own;
    },
    async register() {
      issuer.log.push('register');
      return { kind: 'registered', id: 'client-2', authMethod: 'none' };
    },
  };
  return issuer;
}

export function refused(error: string): McpctlError {
  return new McpctlError('OAUTH_REFUSED', `The issuer says ${error}.`, { data: { error } });
}

export function unavailable(retryAfterMs?: number): McpctlError {
  const data = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new McpctlError('OAUTH_UNAVAILABLE', 'The issuer does not answer.', { data });
}

/** What a sign-in left behind that is good for an hour from `receivedAt`. */
export function signedIn(receivedAt: number, changes: Partial<Credential> = {}): Credential {
  return {
    version: 1,
    generation: 0,
    url: 'https://mcp.example/mcp',
    issuer: 'https://issuer.example',
    profile: 'example',
    grant: 'authorization-code',
    server: { issuer: 'https://issuer.example', token_endpoint: 'https://issuer.example/token' },
    client: { kind: 'registered', id: 'client-1', authMethod: 'none', redirectUris: ['http://127.0.0.1/cb'] },
    tokens: {
      access: 'access-0',
      refresh: 'refresh-0',
      expiresAt: receivedAt + 3_600_000,
      receivedAt,
      scopes: ['read'],
    },
    resource: 'https://mcp.example/mcp',
    requestedScopes: ['read'],
    signedInAt: receivedAt,
    ...changes,
  };
}
