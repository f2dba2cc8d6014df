import type { ClientAdapter } from '../adapter.ts';
import { NO_REFERENCES } from '../references.ts';
import { mapShape, STRICT_JSON } from '../shapes.ts';

export const lmStudio: ClientAdapter = {
  id: 'lm-studio',
  title: 'LM Studio',
  dialect: STRICT_JSON,
  section: ['mcpServers'],
  shape: mapShape({ remoteTypes: { http: null } }),
  references: NO_REFERENCES,
  locations: ({ home, join }) => ({ user: [{ path: join(home, '.lmstudio', 'mcp.json') }] }),
  signs: ({ home, join }) => ({ paths: [join(home, '.lmstudio')], executables: ['lms'] }),
  limits: {},
  restart: 'Restart LM Studio, or save the file once in its editor (Program > Install > Edit mcp.json).',
};
