import type { ClientAdapter } from '../adapter.ts';
import { NO_REFERENCES } from '../references.ts';
import { mapShape, STRICT_JSON } from '../shapes.ts';

export const warp: ClientAdapter = {
  id: 'warp',
  title: 'Warp',
  dialect: STRICT_JSON,
  section: ['mcpServers'],
  shape: mapShape({ remoteTypes: { http: null, sse: null }, cwdKey: 'working_directory' }),
  references: NO_REFERENCES,
  locations: ({ home, project = '.', join }) => ({
    user: [{ path: join(home, '.warp', '.mcp.json') }],
    project: [{ path: join(project, '.warp', '.mcp.json') }],
  }),
  signs: ({ home, join }) => ({ paths: [join(home, '.warp')], executables: ['warp-terminal', 'warp'] }),
  limits: {},
  restart: 'Start the server in Warp: Settings > AI > Manage MCP servers.',
  cautions: ['With file-based servers on, Warp also reads the files of Claude Code and Codex.'],
};
