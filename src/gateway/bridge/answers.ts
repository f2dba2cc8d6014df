import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import type { Era } from '../../mcp/greeting.ts';
import { type Change, splice, valueAt } from '../../mcp/splice.ts';
import { modernQuestion, takesQuestion } from './questions.ts';

export interface AnswerBridge {
  readonly method: string;
  /** Of the client. */
  readonly to: Era;
  /** Of the server, where it is known; an answer may have been kept, or come from another server. */
  readonly from?: Era | undefined;
  /** What the server said of itself. */
  readonly serverInfo?: JsonObject | undefined;
  /** Of the client. */
  readonly capabilities: JsonObject;
}

export interface BridgedAnswer {
  /** The response, one line. */
  readonly line: Buffer;
  readonly isError: boolean;
}

const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';
const INVALID_PARAMS = -32602;
const NOT_FOUND = -32002;
const URL_NEEDED = -32042;
export const CAPABILITY_NEEDED = -32021;
const INTERNAL = -32603;
/** Codes that only have a meaning in the modern era; a legacy client could take them for a sign of it. */
const MODERN_CODES = [-32020, -32021, -32022];
/** Whose results say how long they may be kept. */
const KEPT = /\/list$|^resources\/read$|^server\/discover$/;

/** A server's answer as a client of either era gets it; the same bytes within one era. */
export function bridgeAnswer(answer: BridgedAnswer, bridge: AnswerBridge): BridgedAnswer {
  const { line, isError } = answer;
  const { method, from, to } = bridge;
  if (from === to) return answer;
  if (isError) {
    return to === 'modern' ? errorForModern(line, bridge) : { line: errorForLegacy(line, method), isError };
  }
  if (from === undefined && to === (saysWhatItIs(line) ? 'modern' : 'legacy')) return answer;
  return { line: splice(line, to === 'modern' ? added(line, bridge) : removed(method)), isError };
}

/** As results of the modern era do. */
function saysWhatItIs(line: Buffer): boolean {
  return line.includes('"resultType"') && valueAt(line, ['result', 'resultType']) !== undefined;
}

function removed(method: string): Change[] {
  const names = ['resultType', ...(KEPT.test(method) ? ['ttlMs', 'cacheScope'] : [])];
  const paths = [...names.map((name) => ['result', name]), ['result', '_meta', SERVER_INFO]];
  return paths.map((path) => ({ path, json: undefined }));
}

function added(line: Buffer, { method, serverInfo = {} }: AnswerBridge): Change[] {
  const changes: Change[] = [{ path: ['result', 'resultType'], json: '"complete"' }];
  if (KEPT.test(method)) {
    changes.push({ path: ['result', 'ttlMs'], json: '0' });
    changes.push({ path: ['result', 'cacheScope'], json: '"private"' });
  }
  if (Object.keys(serverInfo).length > 0 && !valueAt(line, ['result', '_meta', SERVER_INFO])) {
    changes.push({ path: ['result', '_meta', SERVER_INFO], json: JSON.stringify(serverInfo) });
  }
  return changes;
}

function errorForModern(line: Buffer, bridge: AnswerBridge): BridgedAnswer {
  const { code, data } = errorOf(line);
  if (code === NOT_FOUND && bridge.method === 'resources/read') {
    return { line: splice(line, [{ path: ['error', 'code'], json: String(INVALID_PARAMS) }]), isError: true };
  }
  if (code !== URL_NEEDED) return { line, isError: true };
  const elicitations = (isRecord(data) && Array.isArray(data.elicitations) ? data.elicitations : []).filter(
    (each) => isRecord(each),
  ) as JsonObject[];
  const params = { mode: 'url' };
  if (elicitations.length > 0 && takesQuestion(bridge.capabilities, 'elicitation/create', params)) {
    return { line: splice(line, visits(elicitations)), isError: false };
  }
  const required = { requiredCapabilities: { elicitation: { url: {} } } };
  return {
    line: splice(line, [
      { path: ['error', 'code'], json: String(CAPABILITY_NEEDED) },
      { path: ['error', 'data'], json: JSON.stringify(required) },
    ]),
    isError: true,
  };
}

/** The addresses somebody has to visit before the request is worth repeating, as questions. */
function visits(elicitations: readonly JsonObject[]): Change[] {
  const inputRequests = Object.fromEntries(
    elicitations.map((params, index) => [
      `visit${index + 1}`,
      { method: 'elicitation/create', params: { ...modernQuestion(params), mode: 'url' } },
    ]),
  );
  const result = { resultType: 'input_required', inputRequests };
  return [
    { path: ['error'], json: undefined },
    { path: ['result'], json: JSON.stringify(result) },
  ];
}

function errorForLegacy(line: Buffer, method: string): Buffer {
  const { code, data } = errorOf(line);
  const isMissing =
    code === INVALID_PARAMS && method === 'resources/read' && isRecord(data) && typeof data.uri === 'string';
  const other = isMissing ? NOT_FOUND : MODERN_CODES.includes(Number(code)) ? INTERNAL : undefined;
  return other === undefined ? line : splice(line, [{ path: ['error', 'code'], json: String(other) }]);
}

function errorOf(line: Buffer): { readonly code?: Json; readonly data?: Json } {
  const text = valueAt(line, ['error'])?.toString();
  const error: unknown = text === undefined ? undefined : JSON.parse(text);
  return isRecord(error) ? error : {};
}
