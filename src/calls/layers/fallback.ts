import { McpctlError } from '../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { splice } from '../../mcp/splice.ts';
import type { CallSettings, FallbackTool } from '../../settings/call-settings.ts';
import { codeOf } from '../failure.ts';
import type { ToolAnswer, ToolCall, ToolHandler, ToolMiddleware } from '../tool-call.ts';
import type { ToolClaims } from '../tool-claims.ts';

export interface FallbackOptions {
  readonly fallbacks: CallSettings['fallbacks'];
  /** Calls the stand-in, through all layers: it is allowed, limited and recorded like any call. */
  again: ToolHandler;
  /** Claims of a stand-in; undefined when its server cannot be asked, or has no such tool. */
  describe(server: string, tool: string): Promise<ToolClaims | undefined>;
  /** As for policy. */
  learn(call: ToolCall): Promise<void>;
}

/** Failures that say nothing against asking somebody else are not among these. */
const FINAL = new Set([
  'AUDIT_UNWRITABLE',
  'CALL_ARGUMENTS',
  'CALL_TOOL_UNKNOWN',
  'CANCELLED',
  'INTERNAL',
  'REGION_REFUSED',
  'TOOL_DENIED',
  'USAGE',
]);

/**
 * When a server cannot answer a read, another tool the user declared to be its equal is asked, best first. Its answer
 * says so in `_meta["mcpctl/fallback"]`. Only an answer that is no failure counts; else the first failure stands.
 */
export function fallback(options: FallbackOptions): ToolMiddleware {
  const capabilities = Object.entries(options.fallbacks);
  const isWebSearch = webSearches(options.fallbacks);
  return (next) => (call) =>
    next(call).catch(async (error: unknown) => {
      const answer = await insteadOf(call, error, { ...options, capabilities, isWebSearch });
      if (answer) return answer;
      throw error;
    });
}

/** A stand-in gets none of its own: two lists that name each other would go round for ever. */
function mayStandIn({ signal, notes, isContinued }: ToolCall, error: unknown): boolean {
  return !signal.aborted && !notes.fallbackFor && !isContinued && !FINAL.has(codeOf(error));
}

async function insteadOf(
  call: ToolCall,
  error: unknown,
  options: FallbackOptions & {
    readonly capabilities: Capabilities;
    readonly isWebSearch: ReturnType<typeof webSearches>;
  },
): Promise<ToolAnswer | undefined> {
  if (!mayStandIn(call, error)) return undefined;
  if (call.intent === 'unknown') await options.learn(call);
  if (call.intent !== 'read') return undefined;
  const answer = await askStandIns(call, codeOf(error), options.capabilities, options);
  if (!answer && options.isWebSearch(call)) throw withHint(error);
  return answer;
}

async function askStandIns(
  call: ToolCall,
  reason: string,
  capabilities: Capabilities,
  { again, describe }: FallbackOptions,
): Promise<ToolAnswer | undefined> {
  for (const { tool, args } of standInsFor(call, capabilities)) {
    if ((await describe(tool.server, tool.tool))?.intent !== 'read') continue;
    const answer = await again(standIn(call, tool, args)).catch(() => undefined);
    call.signal.throwIfAborted();
    if (answer?.outcome !== 'ok' || answer.isPartial) continue;
    call.notes.answeredBy = { server: tool.server, tool: tool.tool };
    return marked(answer, call, tool, reason);
  }
  return undefined;
}

type Capabilities = readonly (readonly [string, readonly FallbackTool[]])[];

interface StandIn {
  readonly tool: FallbackTool;
  readonly args: JsonObject;
}

function* standInsFor(call: ToolCall, capabilities: Capabilities): Generator<StandIn> {
  for (const [, tools] of capabilities) {
    const own = tools.find((tool) => isTool(tool, call));
    if (!own) continue;
    for (const tool of tools) {
      const args = tool === own ? undefined : translate(call.args(), own, tool);
      if (args) yield { tool, args };
    }
  }
}

function isTool({ server, tool }: FallbackTool, call: Pick<ToolCall, 'server' | 'tool'>): boolean {
  return server === call.server && tool === call.tool;
}

/**
 * Arguments of one tool as another takes them, by way of the capability's parameters. Undefined when one of them has
 * no counterpart: nothing is guessed. A parameter mapped to "" may be left out.
 */
function translate(args: Json | undefined, from: FallbackTool, to: FallbackTool): JsonObject | undefined {
  const given = isRecord(args) ? Object.entries(args as JsonObject) : [];
  const translated: JsonObject = {};
  for (const [name, value] of given) {
    const parameter = from.arguments ? nameOf(from.arguments, name) : name;
    const argument =
      parameter === undefined ? undefined : (to.arguments ?? { [parameter]: parameter })[parameter];
    if (argument === undefined) return undefined;
    if (argument !== '') translated[argument] = value;
  }
  return translated;
}

function nameOf(mapping: Readonly<Record<string, string>>, argument: string): string | undefined {
  return Object.entries(mapping).find(([, name]) => name === argument)?.[0];
}

function standIn(call: ToolCall, { server, tool }: FallbackTool, args: JsonObject): ToolCall {
  const own: Partial<ToolCall> = {
    server,
    tool,
    intent: 'read',
    isIdempotent: false,
    line: splice(call.line, [
      { path: ['params', 'name'], json: JSON.stringify(tool) },
      { path: ['params', 'arguments'], json: JSON.stringify(args) },
    ]),
    args: () => args,
    notes: { attempt: 1, fallbackFor: { server: call.server, tool: call.tool } },
    life: { heardAt: call.life.heardAt, asking: 0 },
    under: (signal) => derived(standing, { signal }),
  };
  const standing = derived(call, own);
  return standing;
}

/** Rare enough for a prototype: its own may have members that a copy would not have. */
function derived(call: ToolCall, own: Partial<ToolCall>): ToolCall {
  const properties = Object.entries(own).map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.create(call, Object.fromEntries(properties)) as ToolCall;
}

function marked(answer: ToolAnswer, call: ToolCall, by: FallbackTool, reason: string): ToolAnswer {
  const mark = {
    for: { server: call.server, tool: call.tool },
    by: { server: by.server, tool: by.tool },
    reason,
  };
  const path = ['result', '_meta', 'mcpctl/fallback'];
  const { outcome } = answer;
  return { outcome, line: splice(answer.line, [{ path, json: JSON.stringify(mark) }]) };
}

const WEB_SEARCH = 'web-search';
/** Names under which web searches go, for those nobody declared. */
const SEARCH_NAMES = /web[_-]?search|^(tavily|brave|exa)[_-]search/i;

/** Whether a tool searches the web, as the user declared or by its name. */
export function webSearches(
  fallbacks: CallSettings['fallbacks'],
): (tool: Pick<ToolCall, 'server' | 'tool'>) => boolean {
  const declared = fallbacks[WEB_SEARCH] ?? [];
  return (asked) => declared.some((tool) => isTool(tool, asked)) || SEARCH_NAMES.test(asked.tool);
}

function withHint(error: unknown): unknown {
  if (!(error instanceof McpctlError)) return error;
  const { code, message, data } = error;
  return new McpctlError(code, message, {
    hint: 'Search the web with the own web search of the client for the time being.',
    cause: error,
    ...(data && { data }),
  });
}
