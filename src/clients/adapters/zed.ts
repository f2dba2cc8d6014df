import type { ClientAdapter } from '../adapter.ts';
import type { Place } from '../place.ts';
import { NO_REFERENCES } from '../references.ts';
import { JSONC, mapShape } from '../shapes.ts';

const shape = mapShape({ remoteTypes: { http: null } });

export const zed: ClientAdapter = {
  id: 'zed',
  title: 'Zed',
  dialect: JSONC,
  section: ['context_servers'],
  shape: {
    ...shape,
    // Older files hold the program as an object: {"path", "args", "env"}.
    decode: (value) => {
      const { command } = value;
      if (typeof command !== 'object' || command === null || !('path' in command)) return shape.decode(value);
      return shape.decode({ ...value, ...command, command: command.path });
    },
  },
  references: NO_REFERENCES,
  locations: (place) => ({
    user: [{ path: place.join(folderOf(place), 'settings.json') }],
    project: [{ path: place.join(place.project ?? '.', '.zed', 'settings.json') }],
  }),
  signs: (place) => ({ paths: [folderOf(place)], executables: ['zed', 'zeditor'] }),
  limits: { toolName: 64 },
  restart: 'Zed reloads the file by itself.',
};

function folderOf({ platform, home, config, appConfig, join }: Place): string {
  if (platform === 'win32') return join(appConfig, 'Zed');
  return platform === 'darwin' ? join(home, '.config', 'zed') : join(config, 'zed');
}
