import { McpctlError } from '../../core/errors.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import type { Tool } from '../../mcp/tools.ts';

/** A server without any tool, where some were locked, does not work. @throws SERVER_NO_TOOLS */
export function verifyListed(server: string, tools: readonly Tool[], locked: LockTools | undefined): void {
  if (tools.length > 0 || !locked || Object.keys(locked.tools).length === 0) return;
  throw new McpctlError('SERVER_NO_TOOLS', `${server} was started again and lists no tools any more.`, {
    hint: `mcpctl doctor ${server}`,
    data: { server },
  });
}
