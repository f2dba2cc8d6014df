import type { Context } from '../../cli/context.ts';
import { table } from '../../cli/table.ts';
import { createToken, type GatewayToken, readTokens, revokeToken } from '../../gateway/front/tokens.ts';
import { readSettings } from '../../settings/read.ts';
import { refuseUnknownProfile } from './gateway-flags.ts';

export interface MadeToken {
  readonly name: string;
  readonly profile?: string;
  /** Shown this once. */
  readonly token: string;
}

export interface TokenToMake {
  readonly name: string;
  /** The profile it is for. */
  readonly profile?: string | undefined;
}

/** @throws PROFILE_UNKNOWN, USAGE */
export async function makeToken({ name, profile }: TokenToMake, context: Context): Promise<MadeToken> {
  const { paths, now } = context;
  if (profile === undefined) return { name, token: await createToken(paths, name, now()) };
  const { settings } = await readSettings(context);
  refuseUnknownProfile(profile, Object.keys(settings.gateway.profiles));
  return { name, profile, token: await createToken(paths, name, now(), { profile }) };
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
  const hasProfiles = tokens.some(({ profile }) => profile !== undefined);
  return table({
    head: [
      'NAME',
      'MADE',
      'LAST USED',
      ...(isOfRegistry ? ['MAY PUBLISH'] : []),
      ...(hasProfiles ? ['PROFILE'] : []),
    ],
    rows: tokens.map(({ name, createdAt, lastUsed, namespaces = [], profile = 'any' }) => [
      name,
      createdAt.slice(0, 10),
      lastUsed ?? 'never',
      ...(isOfRegistry ? [namespaces.join(', ') || 'nothing'] : []),
      ...(hasProfiles ? [profile] : []),
    ]),
    width,
  });
}
