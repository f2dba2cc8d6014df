import type { ClientAdapter } from '../adapter.ts';
import { dotMcpJson } from '../dot-mcp-json.ts';
import { ENV_PREFIX } from '../references.ts';
import { JSONC, mapShape } from '../shapes.ts';

export const vscode: ClientAdapter = {
  id: 'vscode',
  title: 'VS Code',
  dialect: JSONC,
  section: ['servers'],
  shape: mapShape({ stdioType: 'stdio', remoteTypes: { http: 'http', sse: 'sse' }, cwdKey: 'cwd' }),
  references: ENV_PREFIX,
  locations: (place) => ({
    user: [{ path: place.join(place.appConfig, 'Code', 'User', 'mcp.json') }],
    // VS Code reads both: a server in both files would be started twice.
    project: [
      { ...dotMcpJson(place), onlyIfPresent: true },
      { path: place.join(place.project ?? '.', '.vscode', 'mcp.json') },
    ],
  }),
  signs: (place) => ({ paths: [place.join(place.appConfig, 'Code', 'User')], executables: ['code'] }),
  // The prefix `mcp_<server>_` is cut to 18 characters.
  limits: {
    serverName: /^[A-Za-z0-9-]+$/,
    toolName: 64,
    toolPrefix: (server) => `mcp_${server}_`.slice(0, 18),
    tools: 128,
  },
  restart: 'Start or restart the server in VS Code (MCP: List Servers).',
};
