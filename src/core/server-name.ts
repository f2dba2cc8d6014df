/** Names every known client accepts: no dot, slash, space, underscore or upper case; at most 30 characters. */
const PATTERN = /^[a-z0-9][a-z0-9-]{0,29}$/;

/** Names some client keeps for itself (Claude Code, opencode, JavaScript objects). */
const RESERVED = new Set([
  'workspace',
  'claude-in-chrome',
  'computer-use',
  'servers',
  'timeout',
  'constructor',
  'mcpctl',
]);

/** Why a server name will not do, or undefined when it will. */
export function problemWithServerName(name: string): string | undefined {
  if (RESERVED.has(name) || name === '__proto__') return `${JSON.stringify(name)} is reserved by a client`;
  if (!PATTERN.test(name))
    return `${JSON.stringify(name)} is not 1-30 lower-case letters, digits and hyphens`;
  return undefined;
}

/** The nearest usable name, e.g. `@scope/mcp-server-x` becomes `x`. */
export function toServerName(text: string): string {
  const last =
    text
      .replace(/@[^/@]*$/, '')
      .split('/')
      .at(-1) ?? text;
  const bare = last
    .toLowerCase()
    .replace(/\.(git|mcpb|dxt|js|mjs|cjs|ts|py)$/, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^(mcp-server-|server-|mcp-)/, '')
    .replace(/(-mcp-server|-mcp|-server)$/, '')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 30)
    .replace(/-+$/, '');
  return problemWithServerName(bare) ? `server-${bare}`.slice(0, 30).replace(/-+$/, '') : bare;
}
