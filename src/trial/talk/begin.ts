import type { JsonObject } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import { type Era, LEGACY_VERSIONS, MODERN_VERSION } from '../../mcp/greeting.ts';
import type { Answer } from './answer.ts';
import type { Talk } from './talk.ts';

/** What a server said of itself at the beginning, unchecked. */
export interface Hello {
  readonly era: Era;
  /** The version that is spoken from here on. */
  readonly version: string;
  readonly result: JsonObject;
  readonly capabilities: JsonObject;
}

/** The request that begins a talk. */
export async function greetIn(talk: Talk, client: { name: string; version: string }): Promise<Answer> {
  if (talk.era === 'modern') return await talk.ask('server/discover');
  return await talk.ask('initialize', initializeParams(LEGACY_VERSIONS[0], client));
}

export function initializeParams(version: string, client: { name: string; version: string }): JsonObject {
  return { protocolVersion: version, capabilities: {}, clientInfo: { ...client } };
}

/** Undefined when the answer is none that begins a talk of that era. */
export function helloOf(era: Era, answer: Answer): Hello | undefined {
  if (answer.kind !== 'result') return undefined;
  const { result } = answer;
  const version = era === 'modern' ? MODERN_VERSION : String(result.protocolVersion);
  const isSpoken =
    era === 'legacy' ||
    (Array.isArray(result.supportedVersions) && result.supportedVersions.includes(MODERN_VERSION));
  if (!isSpoken) return undefined;
  return {
    era,
    version,
    result,
    capabilities: (isRecord(result.capabilities) ? result.capabilities : {}) as JsonObject,
  };
}
