import type { Env } from '../platform/env.ts';
import type { Authorize } from './http/authorize.ts';
import { createServerLog, type ServerLog } from './server-log.ts';
import type { ServerTarget, Transport } from './transport.ts';

export interface ConnectOptions {
  readonly server: string;
  readonly target: ServerTarget;
  readonly platform: NodeJS.Platform;
  /** Our own environment, for the proxy to use. */
  readonly env: Env;
  /** Tokens for a URL; without it the target's headers are all there is. */
  readonly authorize?: Authorize;
  /** A silent log without redaction when absent. */
  readonly log?: ServerLog;
}

/** The transport for a target; nothing is started yet. Loads the code of that kind only. */
export async function createTransport(options: ConnectOptions): Promise<Transport> {
  const {
    server,
    target,
    platform,
    env,
    authorize,
    log = createServerLog({ redact: (text) => text }),
  } = options;
  if (target.kind === 'stdio') {
    const { createStdioTransport } = await import('./stdio-transport.ts');
    return createStdioTransport({ server, target, platform, log });
  }
  const { createRemoteTransport } = await import('./http/remote-transport.ts');
  const { redact, note } = log;
  return createRemoteTransport({ server, target, env, redact, note, ...(authorize && { authorize }) });
}
