import { readFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/server';

/** What the server offers, and what has to be closed when it ends. */
export interface Features {
  /** Told to the model before the first call. */
  readonly instructions: string;
  /** Adds tools, resources and prompts to a new server. */
  register(server: McpServer): void;
  close(): Promise<void>;
}

/** Lists may be kept for a minute: they change only with a new version of the server. */
const LIST_TTL_MS = 60_000;

const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  name: string;
  version: string;
};

/** A new server with everything it offers. Called once a connection, and over HTTP once a request. */
export function createServer(features: Features): McpServer {
  const hint = { ttlMs: LIST_TTL_MS, cacheScope: 'public' } as const;
  const server = new McpServer(
    { name, version, title: 'Example server' },
    {
      instructions: features.instructions,
      cacheHints: {
        'tools/list': hint,
        'prompts/list': hint,
        'resources/list': hint,
        'resources/templates/list': hint,
        'server/discover': hint,
      },
    },
  );
  features.register(server);
  return server;
}
