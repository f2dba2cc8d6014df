import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Log } from './log.ts';
import type { Serving } from './serving.ts';

/** Serves the one client that started this process. */
export function serveStandardStreams({
  factory,
  log,
  stdin,
}: {
  readonly factory: () => McpServer;
  readonly log: Log;
  readonly stdin: Readable;
}): Serving {
  const ended = once(stdin, 'close').then(() => {});
  const handle = serveStdio(factory, {
    onerror: (error) => log.warn('protocol', { error: error.message }),
  });
  log.info('ready', { transport: 'stdio' });
  return {
    ended,
    close: async () => {
      await handle.close();
      stdin.destroy();
    },
  };
}
