import type { ClientAdapter } from '../adapter.ts';
import { NO_REFERENCES } from '../references.ts';
import { mapShape, STRICT_JSON } from '../shapes.ts';

export const jetbrainsAi: ClientAdapter = {
  id: 'jetbrains-ai',
  title: 'JetBrains AI Assistant',
  dialect: STRICT_JSON,
  section: ['mcpServers'],
  shape: mapShape({ remoteTypes: { http: null } }),
  references: NO_REFERENCES,
  locations: ({ home, project = '.', join }) => ({
    user: [{ path: join(home, '.ai', 'mcp', 'mcp.json') }],
    project: [{ path: join(project, '.ai', 'mcp', 'mcp.json') }],
  }),
  signs: ({ home, join }) => ({ paths: [join(home, '.ai', 'mcp')], executables: [] }),
  limits: {},
  restart: 'Press Apply in Settings > Tools > AI Assistant > Model Context Protocol.',
  cautions: [
    'JetBrains publishes no file location; if the server does not appear, paste the entry into the settings dialog.',
  ],
};
