import { McpctlError } from '../core/errors.ts';
import { createServerLog, type ServerLog } from './server-log.ts';
import { createStdioTransport } from './stdio-transport.ts';
import type { ServerTarget, Transport } from './transport.ts';

export interface ConnectOptions {
  readonly server: string;
  readonly target: ServerTarget;
  readonly platform: NodeJS.Platform;
  /** A silent log without redaction when absent. */
  readonly log?: ServerLog;
}

/** The transport for a target; nothing is started yet. */
export async function createTransport(options: ConnectOptions): Promise<Transport> {
  const { server, target, platform, log = createServerLog({ redact: (text) => text }) } = options;
  if (target.kind === 'stdio') return createStdioTransport({ server, target, platform, log });
  throw new McpctlError('SERVER_UNREACHABLE', `${server} has a URL, which cannot be reached yet.`);
}
