import type { ClientAdapter } from '../adapter.ts';
import { dotMcpJson } from '../dot-mcp-json.ts';
import type { Place } from '../place.ts';
import { DOLLAR_BRACE } from '../references.ts';
import { mapShape, STRICT_JSON } from '../shapes.ts';

export const claudeCode: ClientAdapter = {
  id: 'claude-code',
  title: 'Claude Code',
  dialect: { ...STRICT_JSON, allowByteOrderMark: true },
  section: ['mcpServers'],
  // A URL without a type is skipped.
  shape: mapShape({ stdioType: 'stdio', remoteTypes: { http: 'http', sse: 'sse' } }),
  references: {
    ...DOLLAR_BRACE,
    caution:
      'Claude Code inside the desktop app does not see the shell environment: references stay literal there.',
  },
  locations: (place) => ({
    user: [{ path: place.join(place.env.CLAUDE_CONFIG_DIR || place.home, '.claude.json') }],
    project: [dotMcpJson(place)],
  }),
  signs: (place) => ({
    paths: [place.join(place.env.CLAUDE_CONFIG_DIR || place.home, '.claude.json'), configFolder(place)],
    executables: ['claude'],
  }),
  limits: {
    serverName: /^[A-Za-z0-9_-]+$/,
    reservedNames: ['workspace', 'claude-in-chrome', 'computer-use', 'claude_ai'],
    toolName: 64,
    toolPrefix: (server) => `mcp__${server}__`,
  },
  restart: 'Start a new Claude Code session; servers of a project also wait for your approval in it.',
};

function configFolder({ env, home, join }: Place): string {
  return env.CLAUDE_CONFIG_DIR || join(home, '.claude');
}
