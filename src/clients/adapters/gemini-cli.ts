import type { ClientAdapter } from '../adapter.ts';
import { SHELL_LIKE } from '../references.ts';
import { JSON_WITH_COMMENTS, mapShape } from '../shapes.ts';

export const geminiCli: ClientAdapter = {
  id: 'gemini-cli',
  title: 'Gemini CLI',
  dialect: JSON_WITH_COMMENTS,
  section: ['mcpServers'],
  // `type` is unknown beside a command and costs a warning line at each start.
  shape: mapShape({
    remoteTypes: { http: 'http', sse: 'sse' },
    otherUrlKeys: ['httpUrl'],
    cwdKey: 'cwd',
  }),
  references: {
    ...SHELL_LIKE,
    caution: 'Any `gemini mcp add` or `remove` writes the values of all references into the file in clear.',
  },
  locations: ({ env, home, project = '.', join }) => ({
    user: [{ path: join(env.GEMINI_CLI_HOME || home, '.gemini', 'settings.json') }],
    project: [{ path: join(project, '.gemini', 'settings.json') }],
  }),
  // Antigravity shares the folder, so the folder alone shows nothing.
  signs: ({ env, home, join }) => ({
    paths: [join(env.GEMINI_CLI_HOME || home, '.gemini', 'settings.json')],
    executables: ['gemini'],
  }),
  // Its policy rules split a name at the first underscore.
  limits: { serverName: /^[^_]+$/, toolName: 63, toolPrefix: (server) => `mcp_${server}_` },
  restart: 'Restart Gemini CLI, or type /mcp reload in it.',
  cautions: ['Project files count only in trusted folders.'],
};
