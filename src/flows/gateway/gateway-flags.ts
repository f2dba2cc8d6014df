import { closest } from '../../core/closest.ts';
import { McpctlError } from '../../core/errors.ts';
import type { GatewayMode } from '../../settings/call-settings.ts';

/** As the command line has them. */
export interface GatewayFlags {
  readonly server?: readonly string[];
  readonly scope?: 'user' | 'project';
  readonly mode?: GatewayMode;
  readonly profile?: string;
  readonly http?: boolean;
  readonly port?: string;
  readonly host: string;
  readonly logFormat?: 'json' | 'text';
  /** False with `--no-token`. */
  readonly token: boolean;
}

export const USUAL_HOST = '127.0.0.1';

/** The one server that was asked for, whose names stay as they are. */
export function onlyOf({ server = [] }: GatewayFlags): string | undefined {
  return server.length === 1 ? server[0] : undefined;
}

/** @throws PROFILE_UNKNOWN */
export function refuseUnknownProfile(profile: string, known: readonly string[]): void {
  if (known.includes(profile)) return;
  const near = closest(profile, known, 3);
  throw new McpctlError('PROFILE_UNKNOWN', `There is no profile ${JSON.stringify(profile)}.`, {
    hint:
      known.length === 0
        ? `Describe it first: mcpctl config set gateway.profiles.${profile}.allow '["github"]'`
        : near.length > 0
          ? `Did you mean: ${near.join(', ')}`
          : `There are: ${known.join(', ')}`,
    data: { profile, known },
  });
}

/** @throws USAGE */
export function refuseHttpFlags({ port, host, token }: GatewayFlags): void {
  if (port === undefined && host === USUAL_HOST && token) return;
  throw new McpctlError('USAGE', '--port, --host and --no-token belong to --http.', {
    hint: 'mcpctl gateway --http',
  });
}

/** @throws USAGE */
export function portOf({ port }: GatewayFlags, usual: number): number {
  return port === undefined ? usual : parsePort(port, '--port', usual);
}

/** 0 is any that is free. @throws USAGE */
export function parsePort(text: string, flag: string, usual: number): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new McpctlError('USAGE', `${flag} ${JSON.stringify(text)} is no port.`, { hint: `${flag} ${usual}` });
}
