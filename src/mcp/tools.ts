import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import { isRecord, type JsonObject } from '../core/json.ts';
import { listPages } from './list-pages.ts';
import type { RequestOptions } from './peer.ts';
import type { Session } from './session.ts';

/** A tool as the server describes it, unknown members kept. */
export interface Tool extends JsonObject {
  name: string;
  inputSchema: JsonObject;
}

/** Every tool of a server, all pages. A server without the tools capability has none. */
export async function listTools(
  session: Pick<Session, 'capabilities' | 'request'>,
  server: string,
  options?: RequestOptions,
): Promise<Tool[]> {
  if (!('tools' in session.capabilities)) return [];
  const list = { method: 'tools/list', key: 'tools', isItem: isTool };
  return (await listPages(session, server, list, options)) as Tool[];
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
