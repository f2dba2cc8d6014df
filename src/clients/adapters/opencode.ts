import type { ClientAdapter, Shape } from '../adapter.ts';
import { stringList, stringMap } from '../entry.ts';
import { BRACE_PREFIX } from '../references.ts';
import { JSONC } from '../shapes.ts';

/** One entry without `type` stops opencode from starting at all. */
const shape: Shape = {
  transports: ['stdio', 'http', 'sse'],
  keepsWorkingFolder: true,
  launchKeys: ['type', 'command', 'environment', 'cwd', 'url', 'headers'],
  encode: (entry) =>
    entry.kind === 'stdio'
      ? {
          type: 'local',
          command: [entry.command, ...entry.args],
          ...(Object.keys(entry.env).length > 0 && { environment: { ...entry.env } }),
          ...(entry.cwd !== undefined && { cwd: entry.cwd }),
        }
      : {
          type: 'remote',
          url: entry.url,
          ...(Object.keys(entry.headers).length > 0 && { headers: { ...entry.headers } }),
        },
  decode: (value) => {
    if (value.type === 'remote' && typeof value.url === 'string') {
      return { kind: 'remote', url: value.url, headers: stringMap(value.headers) };
    }
    const [command, ...args] = stringList(value.command);
    if (value.type !== 'local' || command === undefined) return undefined;
    return {
      kind: 'stdio',
      command,
      args,
      env: stringMap(value.environment),
      ...(typeof value.cwd === 'string' && { cwd: value.cwd }),
    };
  },
};

export const opencode: ClientAdapter = {
  id: 'opencode',
  title: 'opencode',
  dialect: { ...JSONC, allowByteOrderMark: true },
  section: ['mcp'],
  alternativeSection: ['mcp', 'servers'],
  shape,
  references: BRACE_PREFIX,
  locations: ({ env, config, project = '.', join }) => {
    const folder = env.OPENCODE_CONFIG_DIR || join(config, 'opencode');
    const user = env.OPENCODE_CONFIG
      ? [{ path: env.OPENCODE_CONFIG }]
      : ['opencode.json', 'opencode.jsonc', 'config.json'].map((name) => ({ path: join(folder, name) }));
    const folders = [project, join(project, '.opencode')];
    return {
      user,
      project: folders.flatMap((place) =>
        ['opencode.json', 'opencode.jsonc'].map((name) => ({ path: join(place, name) })),
      ),
    };
  },
  signs: ({ env, config, join }) => ({
    paths: [env.OPENCODE_CONFIG_DIR || join(config, 'opencode')],
    executables: ['opencode'],
  }),
  limits: { reservedNames: ['servers', 'timeout'] },
  restart: 'Restart opencode.',
};
