import type { ClientAdapter } from '../adapter.ts';
import { NO_REFERENCES } from '../references.ts';
import { mapShape, STRICT_JSON } from '../shapes.ts';

export const junie: ClientAdapter = {
  id: 'junie',
  title: 'JetBrains Junie',
  dialect: STRICT_JSON,
  section: ['mcpServers'],
  shape: mapShape(),
  references: NO_REFERENCES,
  locations: ({ home, project = '.', join }) => ({
    user: [{ path: join(home, '.junie', 'mcp', 'mcp.json') }],
    project: [{ path: join(project, '.junie', 'mcp', 'mcp.json') }],
  }),
  signs: ({ home, join }) => ({ paths: [join(home, '.junie')], executables: ['junie'] }),
  limits: {},
  restart: 'Restart the IDE; Junie asks for approval of new tools in its Action Allowlist.',
};
