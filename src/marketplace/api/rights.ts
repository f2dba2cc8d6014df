import { coversName } from '../../core/registry-names.ts';
import type { KnownServer } from '../known-servers.ts';
import { type ApiRequest, type Principal, Refusal } from './exchange.ts';

/** @throws Refusal when no token, or nobody's, was shown. */
export async function signedIn(request: ApiRequest): Promise<Principal> {
  const principal = await request.principal();
  if (principal) return principal;
  throw new Refusal(401, 'Show a token of this registry: Authorization: Bearer <token>', {
    'www-authenticate': 'Bearer realm="mcpctl registry"',
  });
}

/** True for a token that may do everything. */
function isAdministrator({ namespaces }: Principal): boolean {
  return namespaces.includes('*');
}

/**
 * A name is published first by a token of its namespace, and from then on by its owners alone: two teams of one
 * namespace do not replace each other's servers.
 * @throws Refusal
 */
export function requireOwner(principal: Principal, name: string, server: KnownServer | undefined): void {
  if (isAdministrator(principal)) return;
  if (!coversName(principal.namespaces, name)) {
    const namespaces = principal.namespaces.join(', ') || 'none';
    throw new Refusal(
      403,
      `The token ${principal.name} may not publish ${name}; its namespaces: ${namespaces}`,
    );
  }
  if (server && !server.owners.includes(principal.name)) {
    throw new Refusal(403, `${server.name} belongs to ${server.owners.join(', ')}, not to ${principal.name}`);
  }
}
