import { McpctlError } from '../../core/errors.ts';
import { kindOfScope, type ScopeKind } from '../../core/scope-kind.ts';
import type { ServerMetadata } from '../credential.ts';
import { splitScopes } from './tokens-of.ts';

export interface ScopeQuestion {
  /** `scope` of the server's challenge. */
  readonly challenge?: string | undefined;
  /** `scopes_supported` of the protected resource. */
  readonly prm?: readonly string[] | undefined;
  /** What the user allows at most; all when absent. */
  readonly ceiling?: readonly string[] | undefined;
  readonly server: ServerMetadata;
  /** What was requested before: the challenge asks for more (step-up). */
  readonly previous?: readonly string[] | undefined;
}

const OFFLINE_ACCESS = 'offline_access';

/**
 * What to request: what the challenge asks for, else what the resource lists, within the ceiling; with what was
 * requested before. None leaves it to the server. `offline_access` comes on top where the server lists it, and only
 * there: it grants nothing but staying signed in.
 * @throws SCOPE_REFUSED when the challenge needs what the ceiling forbids.
 */
export function scopesToRequest({ challenge, prm, ceiling, server, previous }: ScopeQuestion): string[] {
  const isListed = server.scopes_supported?.includes(OFFLINE_ACCESS) === true;
  const isAllowed = (scope: string): boolean => ceiling === undefined || ceiling.includes(scope);
  const needed = splitScopes(challenge ?? '').filter((scope) => scope !== OFFLINE_ACCESS);
  const forbidden = needed.filter((scope) => !isAllowed(scope));
  if (forbidden.length > 0 && (previous !== undefined || forbidden.length === needed.length)) {
    throw refused(forbidden, ceiling ?? []);
  }
  const wanted = needed.length > 0 ? needed : (prm ?? []);
  const allowed = [...(previous ?? []), ...wanted].filter(
    (scope) => isAllowed(scope) && scope !== OFFLINE_ACCESS,
  );
  // Without a word from the server, what the user wrote down is the best there is to ask for.
  const asked = allowed.length > 0 ? allowed : (ceiling ?? []).filter((scope) => scope !== OFFLINE_ACCESS);
  if (asked.length > 0 && isListed) asked.push(OFFLINE_ACCESS);
  return [...new Set(asked)];
}

function refused(scopes: readonly string[], ceiling: readonly string[]): McpctlError {
  const words = scopes.join(', ');
  return new McpctlError('SCOPE_REFUSED', `The server wants ${words}, which the manifest does not allow.`, {
    hint: `If you want this, add ${words} to "scopes" in the manifest, then sign in again: mcpctl auth login`,
    data: { scopes, allowed: ceiling },
  });
}

export interface JudgedScope {
  readonly scope: string;
  readonly access: ScopeKind;
}

/** How far each scope reaches, by its name, the farthest first. What says nothing of itself is taken to write. */
export function judgeScopes(scopes: readonly string[]): JudgedScope[] {
  const judged = scopes.map((scope) => ({ scope, access: kindOfScope(scope) }));
  return (['admin', 'write', 'read'] as const).flatMap((access) =>
    judged.filter((each) => each.access === access),
  );
}

/** What was granted beside what was asked for; nothing when the server was free to choose. */
export function extraScopes(granted: readonly string[], requested: readonly string[]): string[] {
  return requested.length === 0 ? [] : granted.filter((scope) => !requested.includes(scope));
}
