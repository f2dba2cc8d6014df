import type { ClientAdapter, Location } from '../adapter.ts';
import { localAppData, type Place } from '../place.ts';
import { NO_REFERENCES } from '../references.ts';
import { mapShape, STRICT_JSON } from '../shapes.ts';

export const claudeDesktop: ClientAdapter = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  dialect: STRICT_JSON,
  section: ['mcpServers'],
  shape: mapShape(),
  references: NO_REFERENCES,
  locations: (place) => ({ user: [userFile(place)] }),
  signs: (place) => ({
    paths: [
      place.join(place.appConfig, 'Claude'),
      ...packageFolders(place),
      ...(place.platform === 'darwin' ? ['/Applications/Claude.app'] : []),
    ],
    executables: place.platform === 'linux' ? ['claude-desktop'] : [],
  }),
  limits: { toolName: 64 },
  restart: 'Quit Claude Desktop fully, tray included, and start it again.',
  // Claude Code's executable has the same name on Windows, so the folder decides.
  losesChangesWhileRunning: {
    executable:
      /(\/Claude\.app\/Contents\/MacOS\/Claude|[\\/]claude-desktop(-unofficial)?([\\/]|$)|\\(AnthropicClaude|WindowsApps\\Claude_[^\\]*)\\.*claude\.exe)/i,
  },
  cautions: [
    'Remote servers cannot stand in its file; through mcpctl they can be used all the same.',
    'Its Code tab reads the files of Claude Code.',
  ],
};

/** The MSIX package, the default since February 2026, redirects the file; the app reads only the redirected one. */
function userFile(place: Place): Location {
  const classic = place.join(place.appConfig, 'Claude', 'claude_desktop_config.json');
  const [redirected] = packageFolders(place);
  if (redirected === undefined) return { path: classic };
  return {
    path: place.join(redirected, 'LocalCache', 'Roaming', 'Claude', 'claude_desktop_config.json'),
    rivals: [classic],
  };
}

function packageFolders(place: Place): string[] {
  return place.packages
    .filter((name) => name.startsWith('Claude_'))
    .map((name) => place.join(localAppData(place), 'Packages', name));
}
