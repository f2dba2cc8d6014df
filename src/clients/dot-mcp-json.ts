import type { Location, Shape } from './adapter.ts';
import type { Place } from './place.ts';
import { DOLLAR_BRACE } from './references.ts';
import { mapShape, STRICT_JSON } from './shapes.ts';

/** Explicit types, which every reader of `.mcp.json` accepts. */
const DOT_MCP_JSON_SHAPE: Shape = mapShape({ stdioType: 'stdio', remoteTypes: { http: 'http', sse: 'sse' } });

/** `.mcp.json` in the project: one file that Claude Code, Copilot CLI and VS Code all read, so it has one form. */
export function dotMcpJson(place: Place): Location {
  return {
    path: place.join(place.project ?? '.', '.mcp.json'),
    section: ['mcpServers'],
    dialect: STRICT_JSON,
    shape: DOT_MCP_JSON_SHAPE,
    references: DOLLAR_BRACE,
  };
}
