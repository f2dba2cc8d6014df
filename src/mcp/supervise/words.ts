import { McpctlError } from '../../core/errors.ts';
import type { Envelope } from '../envelope.ts';

export const WITHDRAWN: Envelope = { kind: 'notification', method: 'notifications/cancelled' };

/** Tells the client that nobody waits for its answer to a question any more. */
export function withdrawal(id: string): Buffer {
  const params = `{"requestId":${id},"reason":"The server was started again."}`;
  return Buffer.from(`{"jsonrpc":"2.0","method":"${WITHDRAWN.method}","params":${params}}\n`);
}

export function idOf(line: Buffer): unknown {
  const message = JSON.parse(line.toString('utf8')) as { id?: unknown };
  return message.id;
}

export function withoutTools(server: string): McpctlError {
  return new McpctlError('SERVER_NO_TOOLS', `${server} was started again and lists no tools any more.`, {
    hint: `mcpctl doctor ${server}`,
    data: { server },
  });
}

export function isSilent(server: string): McpctlError {
  return new McpctlError('SERVER_TIMEOUT', `${server} was started again and does not answer.`, {
    hint: `mcpctl doctor ${server}`,
    data: { server },
  });
}

export function hasEnded(server: string): McpctlError {
  return new McpctlError('SERVER_EXITED', `The server ${server} has ended.`, {
    hint: `mcpctl doctor ${server}`,
  });
}
