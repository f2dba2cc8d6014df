import { McpctlError } from '../../core/errors.ts';

/** A stored sign-in that must not be used. Whoever knows the server's name says it instead of the id. */
export function credentialCorrupt(id: string, reason: string, server?: string): McpctlError {
  return new McpctlError(
    'CREDENTIAL_CORRUPT',
    `The stored sign-in ${server === undefined ? id : `to ${server}`} cannot be used: ${reason}.`,
    {
      hint: `Sign in again: mcpctl auth login ${server ?? '<server>'}`,
      data: { id, reason, ...(server !== undefined && { server }) },
    },
  );
}
