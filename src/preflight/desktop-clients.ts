/** Clients a desktop starts, without the PATH of a terminal. */
export const DESKTOP_CLIENTS: ReadonlySet<string> = new Set([
  'claude-desktop',
  'cursor',
  'jetbrains-ai',
  'junie',
  'kiro',
  'lm-studio',
  'vscode',
  'warp',
  'windsurf',
  'zed',
]);
