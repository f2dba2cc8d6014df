import type { ClientAdapter } from '../adapter.ts';
import { DOLLAR_BRACE } from '../references.ts';
import { mapShape, STRICT_JSON } from '../shapes.ts';

export const kiro: ClientAdapter = {
  id: 'kiro',
  title: 'Kiro',
  dialect: STRICT_JSON,
  section: ['mcpServers'],
  shape: mapShape({
    remoteTypes: { http: null },
    check: (entry) =>
      entry.kind === 'remote' && /^http:\/\/(?!localhost|127\.|\[::1\])/i.test(entry.url)
        ? [
            {
              code: 'CLIENT_ENTRY_UNSUPPORTED',
              severity: 'error',
              message: 'Kiro connects over https only, except to localhost.',
            },
          ]
        : [],
  }),
  references: {
    ...DOLLAR_BRACE,
    write: (name, fallback) => (fallback === undefined ? `\${${name}}` : undefined),
    caution: 'Kiro expands only variables approved in its setting kiroAgent.mcpApprovedEnvVars.',
  },
  locations: ({ home, project = '.', join }) => ({
    user: [{ path: join(home, '.kiro', 'settings', 'mcp.json') }],
    project: [{ path: join(project, '.kiro', 'settings', 'mcp.json') }],
  }),
  signs: ({ home, join }) => ({ paths: [join(home, '.kiro')], executables: ['kiro', 'kiro-cli'] }),
  limits: {},
  restart: 'Kiro reloads the file by itself.',
};
