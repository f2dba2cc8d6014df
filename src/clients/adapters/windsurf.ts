import type { ClientAdapter } from '../adapter.ts';
import { ENV_PREFIX } from '../references.ts';
import { JSON_WITH_COMMENTS, mapShape } from '../shapes.ts';

/** Windsurf builds know `serverUrl` only; Devin Desktop knows both. */
const windsurfShape = mapShape({
  remoteTypes: { http: null, sse: null },
  urlKey: 'serverUrl',
  otherUrlKeys: ['url'],
});

export const windsurf: ClientAdapter = {
  id: 'windsurf',
  title: 'Devin Desktop (Windsurf)',
  dialect: JSON_WITH_COMMENTS,
  section: ['mcpServers'],
  shape: windsurfShape,
  references: ENV_PREFIX,
  locations: ({ platform, home, appConfig, project = '.', join }) => {
    const folder = platform === 'win32' ? join(appConfig, 'devin') : join(home, '.config', 'devin');
    const old = join(home, '.codeium', 'windsurf', 'mcp_config.json');
    return {
      user: [
        { path: join(folder, 'mcp_config.json'), rivals: [old] },
        { path: old, onlyIfPresent: true },
      ],
      project: [{ path: join(project, '.devin', 'mcp_config.json') }],
    };
  },
  signs: ({ platform, home, appConfig, join }) => ({
    paths: [
      platform === 'win32' ? join(appConfig, 'devin') : join(home, '.config', 'devin'),
      join(home, '.codeium', 'windsurf'),
    ],
    executables: ['windsurf'],
  }),
  limits: { tools: 100 },
  restart: 'Press the refresh button in the MCP panel of Devin Desktop.',
};
