import type { ClientAdapter } from '../adapter.ts';
import { dotMcpJson } from '../dot-mcp-json.ts';
import { SHELL_LIKE } from '../references.ts';
import { JSONC, mapShape } from '../shapes.ts';

const shape = mapShape({ stdioType: 'local', remoteTypes: { http: 'http', sse: 'sse' }, cwdKey: 'cwd' });

export const copilotCli: ClientAdapter = {
  id: 'copilot-cli',
  title: 'GitHub Copilot CLI',
  dialect: { ...JSONC, allowByteOrderMark: true },
  section: ['mcpServers'],
  // Without an allow list the documented files show none of the server's tools.
  shape: { ...shape, encode: (entry, name) => ({ ...shape.encode(entry, name), tools: ['*'] }) },
  references: { ...SHELL_LIKE, fields: ['env', 'headers'] },
  locations: (place) => ({
    user: [
      { path: place.join(place.env.COPILOT_HOME || place.join(place.home, '.copilot'), 'mcp-config.json') },
    ],
    project: [dotMcpJson(place)],
  }),
  signs: ({ env, home, join }) => ({
    paths: [env.COPILOT_HOME || join(home, '.copilot')],
    executables: ['copilot'],
  }),
  limits: { serverName: /^[\x20-\x7c~]+$/, toolName: 64, toolPrefix: (server) => `${server}-` },
  restart: 'Start a new Copilot session, or type /mcp reload in it.',
  cautions: ['Its own next write of the file drops comments and keys it does not know.'],
};
