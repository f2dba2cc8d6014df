import { McpctlError } from '../core/errors.ts';
import { isRecord, type JsonObject } from '../core/json.ts';

/** `legacy`: the `initialize` handshake, up to 2025-11-25. `modern`: stateless, from 2026-07-28. */
export type Era = 'legacy' | 'modern';

export const LEGACY_VERSIONS = [
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
] as const;
export const MODERN_VERSION = '2026-07-28';
/** Member of `_meta` by which a request says that it is of the modern era. */
export const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** What a server says of itself, and the era it was agreed to speak. */
export interface Greeting {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly serverInfo: JsonObject;
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
}

/** Who greets a server. */
export interface Greeter {
  readonly server: string;
  readonly client: { readonly name: string; readonly version: string };
  /** Declared to the server. */
  readonly capabilities: JsonObject;
  /** `initialize` first asks legacy servers without a failed request; `discover` first suits HTTP and both eras. */
  readonly first?: 'initialize' | 'discover' | undefined;
  /** After so long without an answer to `server/discover`, `initialize` is sent as well; never when absent. */
  readonly silenceMs?: number;
  /** Rejects with SERVER_ERROR for a JSON-RPC error. */
  request(method: string, params: JsonObject): Promise<JsonObject>;
  notify(method: string): Promise<void>;
}

/** Agrees with a server on an era. @throws SERVER_PROTOCOL and what `request` rejects with. */
export async function greet(greeter: Greeter): Promise<Greeting> {
  const agreed = greeter.first === 'discover' ? await discoverFirst(greeter) : await initializeFirst(greeter);
  if (agreed.era === 'legacy') await greeter.notify('notifications/initialized');
  return agreed;
}

/** What every request of the modern era says of its sender. */
export function modernMeta({ client, capabilities }: Pick<Greeter, 'client' | 'capabilities'>): JsonObject {
  return {
    [VERSION_KEY]: MODERN_VERSION,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    'io.modelcontextprotocol/clientInfo': { ...client },
  };
}

async function initializeFirst(greeter: Greeter): Promise<Greeting> {
  try {
    return await initialize(greeter);
  } catch (error) {
    if (!isRpcError(error)) throw error;
    try {
      return await discover(greeter);
    } catch {
      throw error;
    }
  }
}

async function discoverFirst(greeter: Greeter): Promise<Greeting> {
  const discovered = discover(greeter);
  try {
    const first = await beforeSilence(discovered, greeter.silenceMs);
    if (first) return first;
  } catch (error) {
    if (!isRpcError(error) && !isNotModern(error)) throw error;
    return await initialize(greeter);
  }
  // It may be slow to start, or not answer what it does not know: the first answer counts.
  const initialized = initialize(greeter);
  return await Promise.any([discovered, initialized]).catch(() => initialized);
}

/** Undefined when the answer takes longer. */
async function beforeSilence<T>(answer: Promise<T>, silenceMs: number | undefined): Promise<T | undefined> {
  if (silenceMs === undefined) return await answer;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), silenceMs);
  });
  return await Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}

async function initialize({ server, client, capabilities, request }: Greeter): Promise<Greeting> {
  const clientInfo = { ...client };
  const result = await request('initialize', {
    protocolVersion: LEGACY_VERSIONS[0],
    capabilities,
    clientInfo,
  });
  const { protocolVersion } = result;
  if (!LEGACY_VERSIONS.some((version) => version === protocolVersion)) {
    throw new McpctlError(
      'SERVER_PROTOCOL',
      `${server} speaks protocol version ${JSON.stringify(protocolVersion)}, which mcpctl does not know.`,
      { hint: 'Update mcpctl, or pin an earlier version of the server.', data: { server } },
    );
  }
  return greeting('legacy', String(protocolVersion), result);
}

async function discover(greeter: Greeter): Promise<Greeting> {
  const { server } = greeter;
  const result = await greeter.request('server/discover', { _meta: modernMeta(greeter) });
  const versions = Array.isArray(result.supportedVersions) ? result.supportedVersions : [];
  if (!versions.includes(MODERN_VERSION)) {
    throw new McpctlError(
      'SERVER_PROTOCOL',
      `${server} speaks protocol versions ${JSON.stringify(versions)}; mcpctl knows ${MODERN_VERSION}.`,
      { hint: 'Update mcpctl, or pin an earlier version of the server.', data: { server } },
    );
  }
  return greeting('modern', MODERN_VERSION, result);
}

function greeting(era: Era, protocolVersion: string, result: JsonObject): Greeting {
  const meta = isRecord(result._meta) ? result._meta : {};
  const info = result.serverInfo ?? meta['io.modelcontextprotocol/serverInfo'];
  return {
    era,
    protocolVersion,
    serverInfo: (isRecord(info) ? info : {}) as JsonObject,
    capabilities: (isRecord(result.capabilities) ? result.capabilities : {}) as JsonObject,
    instructions: typeof result.instructions === 'string' ? result.instructions : undefined,
  };
}

/** An older server's answer over HTTP to a method it does not know; 401, 403 and 5xx say nothing of its age. */
function isNotModern(error: unknown): boolean {
  return (
    error instanceof McpctlError &&
    error.code === 'SERVER_UNREACHABLE' &&
    [400, 404, 405].includes(Number(error.data?.status))
  );
}

function isRpcError(error: unknown): boolean {
  return error instanceof McpctlError && error.code === 'SERVER_ERROR';
}
