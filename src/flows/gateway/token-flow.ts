import type { Context } from '../../cli/context.ts';
import { table } from '../../cli/table.ts';
import { createToken, type GatewayToken, readTokens, revokeToken } from '../../gateway/front/tokens.ts';

export interface MadeToken {
  readonly name: string;
  /** Shown this once. */
  readonly token: string;
}

export async function makeToken(name: string, { paths, now }: Context): Promise<MadeToken> {
  return { name, token: await createToken(paths, name, now()) };
}

export async function listTokens({ paths }: Context): Promise<{ tokens: GatewayToken[] }> {
  const tokens = await readTokens(paths);
  return { tokens: tokens.map(({ sha256, ...shown }) => shown) };
}

export async function removeToken(name: string, { paths }: Context): Promise<{ revoked: string }> {
  await revokeToken(paths, name);
  return { revoked: name };
}

export function renderTokens(
  tokens: readonly GatewayToken[],
  width: number,
  opens: 'gateway' | 'registry' = 'gateway',
): string {
  if (tokens.length === 0) return `There are no tokens: mcpctl ${opens} token makes one.`;
  const isOfRegistry = opens === 'registry';
  return table({
    head: ['NAME', 'MADE', 'LAST USED', ...(isOfRegistry ? ['MAY PUBLISH'] : [])],
    rows: tokens.map(({ name, createdAt, lastUsed, namespaces = [] }) => [
      name,
      createdAt.slice(0, 10),
      lastUsed ?? 'never',
      ...(isOfRegistry ? [namespaces.join(', ') || 'nothing'] : []),
    ]),
    width,
  });
}
