import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import { McpctlError } from '../core/errors.ts';
import { isRecord, type JsonObject } from '../core/json.ts';
import type { RequestOptions } from './peer.ts';
import type { Session } from './session.ts';

/** A tool as the server describes it, unknown members kept. */
export interface Tool extends JsonObject {
  name: string;
  inputSchema: JsonObject;
}

const MAX_PAGES = 1000;

/** Every tool of a server, all pages. A server without the tools capability has none. */
export async function listTools(
  session: Pick<Session, 'capabilities' | 'request'>,
  server: string,
  options?: RequestOptions,
): Promise<Tool[]> {
  if (!('tools' in session.capabilities)) return [];
  const tools: Tool[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const result = await session.request('tools/list', cursor === undefined ? {} : { cursor }, options);
    if (!Array.isArray(result.tools) || !result.tools.every(isTool)) {
      throw new McpctlError(
        'SERVER_PROTOCOL',
        `${server} answered tools/list without a proper list of tools.`,
        {
          data: { server },
        },
      );
    }
    tools.push(...result.tools);
    if (typeof result.nextCursor !== 'string' || seen.has(result.nextCursor)) return tools;
    cursor = result.nextCursor;
    seen.add(cursor);
  }
  return tools;
}

export function isTool(value: unknown): value is Tool {
  return isRecord(value) && typeof value.name === 'string' && isRecord(value.inputSchema);
}

export interface ToolHashes {
  /** SHA-256 of all definitions, sorted by name, as hexadecimal. */
  readonly hash: string;
  /** Tool name → SHA-256 of its definition. */
  readonly tools: Record<string, string>;
}

/** SHA-256 of one definition, as `hashTools` has it. */
export function hashTool(tool: object): string {
  return sha256(canonicalJson(tool));
}

/** Hashes tool definitions by their canonical JSON: neither order of keys nor order of tools counts. */
export function hashTools(tools: readonly Tool[]): ToolHashes {
  const sorted = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const hashes = sorted.map((tool) => [tool.name, hashTool(tool)] as const);
  return { hash: sha256(sorted.map(canonicalJson).join('\n')), tools: Object.fromEntries(hashes) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
