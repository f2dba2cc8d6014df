import type { ClientAdapter } from '../adapter.ts';
import { ENV_PREFIX } from '../references.ts';
import { JSON_WITH_COMMENTS, mapShape } from '../shapes.ts';

export const cursor: ClientAdapter = {
  id: 'cursor',
  title: 'Cursor',
  dialect: JSON_WITH_COMMENTS,
  section: ['mcpServers'],
  shape: mapShape({ remoteTypes: { http: null, sse: null } }),
  references: ENV_PREFIX,
  locations: ({ home, project = '.', join }) => ({
    user: [{ path: join(home, '.cursor', 'mcp.json') }],
    project: [{ path: join(project, '.cursor', 'mcp.json') }],
  }),
  signs: ({ home, join }) => ({ paths: [join(home, '.cursor')], executables: ['cursor', 'cursor-agent'] }),
  // 60 characters for the server's and the tool's name together; longer ones are filtered out.
  limits: { toolName: 60, toolPrefix: (server) => server, tools: 40 },
  restart: 'Cursor reloads the file by itself; a changed environment needs a restart of the app.',
};
