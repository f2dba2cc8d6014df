import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { checkSchema } from '../../mcp/schema.ts';
import { splice } from '../../mcp/splice.ts';
import type { CallSettings } from '../../settings/call-settings.ts';
import type { Capability, StandInTool } from '../equivalents/known.ts';
import { markedAnswer } from '../equivalents/marked-answer.ts';
import { translate } from '../equivalents/translate.ts';
import { codeOf } from '../failure.ts';
import { parsedResult } from '../line-answer.ts';
import type { ToolAnswer, ToolCall, ToolHandler, ToolMiddleware } from '../tool-call.ts';
import type { DescribedTool } from '../tool-claims.ts';

export interface FallbackOptions {
  readonly fallbacks: CallSettings['fallbacks'];
  /** What is known of the servers that are here, besides. Asked when something failed. */
  known?(): Promise<readonly Capability[]>;
  /** Calls the stand-in, through all layers: it is allowed, limited and recorded like any call. */
  again: ToolHandler;
  /** What a server says of a tool, for a call; undefined when it cannot be asked, or has no such tool. */
  describe(server: string, tool: string, call: ToolCall): Promise<DescribedTool | undefined>;
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
 * When a server cannot answer a read, another tool that is its equal is asked, best first: those the user declared, then
 * those that are known. Its answer says so, in `_meta["mcpctl/fallback"]` and in words. Only an answer that is no
 * failure counts; else the first failure stands, with why nothing stood in for it.
 */
export function fallback(options: FallbackOptions): ToolMiddleware {
  return (next) => (call) =>
    next(call).catch(async (error: unknown) => {
      if (!mayStandIn(call, error)) throw error;
      return await insteadOf(call, error, options);
    });
}

/** A stand-in gets none of its own: two lists that name each other would go round for ever. */
function mayStandIn({ signal, notes, isContinued }: ToolCall, error: unknown): boolean {
  return !signal.aborted && !notes.fallbackFor && !isContinued && !FINAL.has(codeOf(error));
}

/** A capability the call's own tool has. */
interface Place {
  readonly capability: Capability;
  readonly own: StandInTool;
}

async function insteadOf(call: ToolCall, error: unknown, options: FallbackOptions): Promise<ToolAnswer> {
  if (call.intent === 'unknown') await options.learn(call);
  if (call.intent !== 'read' && call.intent !== 'unknown') throw error;
  const places = await placesOf(call, options);
  if (!places.some(({ own }) => reads(call, own)) && call.intent !== 'read') throw error;
  const missed: string[] = [];
  for (const { tool, own } of standInsFor(places)) {
    const answer = await askStandIn({ call, own, tool, reason: codeOf(error) }, options);
    if (answer === undefined) continue;
    if (typeof answer !== 'string') return answer;
    missed.push(`${tool.tool} of ${tool.server} (${answer})`);
  }
  const lastResort =
    places.find(({ capability }) => capability.lastResort !== undefined)?.capability.lastResort ??
    (webSearches(options.fallbacks)(call) ? OWN_SEARCH : undefined);
  throw withHint(error, missed, lastResort);
}

/** Where the server says nothing of a tool, what is known of it counts. */
function reads({ intent }: Pick<DescribedTool, 'intent'>, { isKnownToRead = false }: StandInTool): boolean {
  return intent === 'read' || (intent === 'unknown' && isKnownToRead);
}

async function placesOf(call: ToolCall, { fallbacks, known }: FallbackOptions): Promise<Place[]> {
  const declared = Object.entries(fallbacks).map(([name, tools]) => ({ name, tools }));
  // A pipeline reads what it asked for by its shape, and says itself what stands in.
  const others = call.via === 'chain' ? [] : ((await known?.()) ?? []);
  return [...declared, ...others].flatMap((capability) =>
    capability.tools.filter((tool) => isTool(tool, call)).map((own) => ({ capability, own })),
  );
}

function* standInsFor(places: readonly Place[]): Generator<{ own: StandInTool; tool: StandInTool }> {
  const named = new Set<string>();
  for (const { capability, own } of places) {
    for (const tool of capability.tools) {
      const name = `${tool.server}/${tool.tool}`;
      if (isTool(own, tool) || named.has(name)) continue;
      named.add(name);
      yield { own, tool };
    }
  }
}

function isTool(
  { server, tool }: Pick<StandInTool, 'server' | 'tool'>,
  other: Pick<StandInTool, 'server' | 'tool'>,
): boolean {
  return server === other.server && tool === other.tool;
}

interface Asking {
  readonly call: ToolCall;
  readonly own: StandInTool;
  readonly tool: StandInTool;
  readonly reason: string;
}

/** The answer of a stand-in, or why there is none; undefined where the call is not what the capability is about. */
async function askStandIn(
  { call, own, tool, reason }: Asking,
  { again, describe }: FallbackOptions,
): Promise<ToolAnswer | string | undefined> {
  const given = call.args();
  const made = translate(isRecord(given) ? (given as JsonObject) : {}, own, tool);
  if (made.kind === 'other') return undefined;
  if (made.kind === 'unmapped') return made.why;
  const described = await describe(tool.server, tool.tool, call);
  if (!described) return 'it cannot be asked';
  if (!reads(described, tool)) return 'it does not say that it reads';
  const { problems } = await checkSchema(described.inputSchema ?? {}, made.args);
  const [problem] = problems;
  if (problem) return `${problem.path || 'the arguments'} ${problem.message}`;
  const answer = await again(standIn(call, tool, { args: made.args, described })).catch((failure: unknown) =>
    codeOf(failure),
  );
  call.signal.throwIfAborted();
  if (typeof answer === 'string') return answer;
  if (answer.outcome !== 'ok' || answer.isPartial) return 'it failed';
  if (!(await hasShape(answer, await describe(call.server, call.tool, call))))
    return 'its answer has another shape';
  call.notes.answeredBy = { server: tool.server, tool: tool.tool };
  return markedAnswer(answer, { for: call, by: tool, reason });
}

/** Clients refuse what is not as the tool they called promises. */
async function hasShape(
  { line }: ToolAnswer,
  { outputSchema }: Partial<DescribedTool> = {},
): Promise<boolean> {
  if (!outputSchema) return true;
  const result = parsedResult(line);
  if (!isRecord(result) || result.structuredContent === undefined) return false;
  return (await checkSchema(outputSchema, result.structuredContent)).problems.length === 0;
}

function standIn(
  call: ToolCall,
  { server, tool }: StandInTool,
  { args, described }: { readonly args: JsonObject; readonly described: DescribedTool },
): ToolCall {
  const own: Partial<ToolCall> = {
    server,
    tool,
    intent: described.intent,
    isIdempotent: described.isIdempotent,
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

const WEB_SEARCH = 'web-search';
const OWN_SEARCH = 'Search the web with the own web search of the client for the time being.';
/** Names under which web searches go, for those nobody declared. */
const SEARCH_NAMES = /web[_-]?search|^(tavily|brave|exa)[_-]search/i;

/** Whether a tool searches the web, as the user declared or by its name. */
export function webSearches(
  fallbacks: CallSettings['fallbacks'],
): (tool: Pick<ToolCall, 'server' | 'tool'>) => boolean {
  const declared = fallbacks[WEB_SEARCH] ?? [];
  return (asked) => declared.some((tool) => isTool(tool, asked)) || SEARCH_NAMES.test(asked.tool);
}

function withHint(error: unknown, missed: readonly string[], lastResort: string | undefined): unknown {
  if (!(error instanceof McpctlError) || (missed.length === 0 && lastResort === undefined)) return error;
  const { code, message, data } = error;
  const told = missed.length === 0 ? [] : [`Nothing stood in: ${missed.join(', ')}.`];
  const hint = [
    ...(lastResort === undefined && error.hint ? [error.hint] : []),
    lastResort ?? [],
    told,
  ].flat();
  return new McpctlError(code, message, {
    hint: hint.join(' '),
    cause: error,
    ...(data && { data }),
  });
}
