import { onTestFinished } from 'vitest';
import {
  createTokenSource,
  type TokenSource,
  type TokenSourceOptions,
} from '../../../src/auth/tokens/token-source.ts';
import type { Challenge } from '../../../src/mcp/http/authorize.ts';
import type { World } from './world.ts';

export const SERVER = new URL('https://mcp.example/mcp');

/** A token source over a world, as one process has it. */
export function source(here: World, changes: Partial<TokenSourceOptions> = {}): TokenSource {
  const { issuer: _, row: __, ...ports } = here;
  const made = createTokenSource({
    ...ports,
    server: 'example',
    url: SERVER.href,
    profile: 'example',
    ceiling: async () => undefined,
    ...changes,
  });
  onTestFinished(() => made.close());
  return made;
}

export const unauthorized = (access?: string): Challenge => ({
  status: 401,
  wwwAuthenticate: 'Bearer',
  url: SERVER,
  sent: access === undefined ? {} : { authorization: `Bearer ${access}` },
});

export const insufficient = (access: string, scope: string): Challenge => ({
  ...unauthorized(access),
  status: 403,
  wwwAuthenticate: `Bearer error="insufficient_scope", scope="${scope}"`,
});

/** Waits until it holds. */
export async function until(holds: () => unknown): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
