import { isRecord } from '../../core/json.ts';
import type { ClientAdapter } from '../adapter.ts';
import type { Place } from '../place.ts';
import { ENV_PREFIX } from '../references.ts';
import { mapShape, STRICT_JSON } from '../shapes.ts';

const shape = mapShape({
  stdioType: 'stdio',
  // `http` is not a value it knows, and it refuses the whole file then.
  remoteTypes: { http: 'streamableHttp', sse: 'sse' },
  untypedRemote: 'sse',
  cwdKey: 'cwd',
});

export const cline: ClientAdapter = {
  id: 'cline',
  title: 'Cline',
  dialect: STRICT_JSON,
  section: ['mcpServers'],
  shape: {
    ...shape,
    // Its CLI writes {"transport": {"type", …}, "disabled", …}.
    launchKeys: [...shape.launchKeys, 'transport'],
    decode: (value) => shape.decode(isRecord(value.transport) ? value.transport : value),
  },
  references: {
    ...ENV_PREFIX,
    caution: 'The Cline CLI does not expand ${env:NAME}; only the editor extension does.',
  },
  locations: (place) => ({ user: [{ path: settingsFile(place) }] }),
  signs: ({ home, appConfig, env, join }) => ({
    paths: [
      env.CLINE_DIR || join(home, '.cline'),
      join(appConfig, 'Code', 'User', 'globalStorage', 'saoudrizwan.claude-dev'),
    ],
    executables: ['cline'],
  }),
  limits: { toolName: 64, toolPrefix: (server) => `${server}__` },
  restart: 'The Cline extension reloads the file by itself; its CLI at the next run.',
  lockFolder: { suffix: '.lock', staleAfter: 10_000 },
  cautions: ['One entry Cline cannot read makes it refuse the whole file.'],
};

function settingsFile({ env, home, join }: Place): string {
  if (env.CLINE_MCP_SETTINGS_PATH) return env.CLINE_MCP_SETTINGS_PATH;
  const data = env.CLINE_DATA_DIR || join(env.CLINE_DIR || join(home, '.cline'), 'data');
  return join(data, 'settings', 'cline_mcp_settings.json');
}
