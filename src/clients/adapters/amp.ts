import type { ClientAdapter } from '../adapter.ts';
import { DOLLAR_BRACE } from '../references.ts';
import { JSONC, mapShape } from '../shapes.ts';

export const amp: ClientAdapter = {
  id: 'amp',
  title: 'Amp',
  dialect: JSONC,
  // One literal key with a dot in it.
  section: ['amp.mcpServers'],
  shape: mapShape({ remoteTypes: { http: null, sse: null } }),
  references: {
    ...DOLLAR_BRACE,
    fields: ['args', 'env'],
    write: (name, fallback) => (fallback === undefined ? `\${${name}}` : undefined),
  },
  locations: ({ home, project = '.', join }) => {
    const folder = join(home, '.config', 'amp');
    return {
      user: ['settings.json', 'settings.jsonc'].map((name) => ({ path: join(folder, name) })),
      project: ['settings.json', 'settings.jsonc'].map((name) => ({ path: join(project, '.amp', name) })),
    };
  },
  signs: ({ home, join }) => ({ paths: [join(home, '.config', 'amp')], executables: ['amp'] }),
  limits: { serverName: /^[A-Za-z0-9@/_-]+$/ },
  restart: 'Start a new Amp session; servers of a project wait for: amp mcp approve.',
};
