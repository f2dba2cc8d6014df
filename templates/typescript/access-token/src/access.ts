import { createHash, timingSafeEqual } from 'node:crypto';
import { OAuthError, OAuthErrorCode, requireBearerAuth } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { Gate } from './gate.ts';

/** Seconds a request may take; tokens of this kind end when the configuration changes. */
const VALID_S = 3600;

export const accessSettings = {
  /** Whoever sends this token may use the HTTP endpoint. Needed over HTTP only. */
  MCP_TOKEN: z.string().min(24, 'has to have at least 24 characters').optional(),
};

/**
 * Admits those who send `Authorization: Bearer <MCP_TOKEN>`.
 * @throws ConfigError when there is no token: an open endpoint must not be an accident.
 */
export function createGate({ MCP_TOKEN }: Pick<Config, 'MCP_TOKEN'>): Gate {
  if (MCP_TOKEN === undefined)
    throw new ConfigError('MCP_TOKEN is needed to serve over HTTP. See .env.example.');
  const expected = digest(MCP_TOKEN);
  const admit = requireBearerAuth({
    verifier: {
      async verifyAccessToken(token) {
        if (!timingSafeEqual(digest(token), expected))
          throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not the one of this server.');
        return { token, clientId: 'token', scopes: [], expiresAt: Math.floor(Date.now() / 1000) + VALID_S };
      },
    },
  });
  return { metadata: () => undefined, admit };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
