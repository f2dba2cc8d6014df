import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { type Envelope, readEnvelope } from '../envelope.ts';
import type { Tool } from '../tools.ts';
import type { Agreed, Memory } from './memory.ts';
import { type OwnRequests, resultOf } from './own-requests.ts';

export interface ReplayOptions {
  readonly server: string;
  readonly own: OwnRequests;
  readonly memory: Memory;
  /** Sends a message that has no answer. */
  tell(bytes: Buffer): void;
}

/**
 * Plays the client's handshake to a new run of the program, byte for byte, with its subscriptions and log level, and
 * lists its tools. Returns them, or undefined where nothing could be asked because the client has not got so far.
 * @throws SERVER_PROTOCOL, SERVER_ERROR, and why the run ended.
 */
export async function replay(options: ReplayOptions): Promise<readonly Tool[] | undefined> {
  const { agreed } = options.memory;
  if (!agreed) return await listAll(options, undefined);
  const capabilities = await greet(options, agreed);
  const { initialized, lasting } = agreed.session;
  if (!initialized) return undefined;
  options.tell(initialized);
  // In order on one stream: nothing that follows is worked on before them, so nobody waits for the answers.
  for (const bytes of lasting.values()) {
    options.own.again(bytes, readEnvelope(bytes) as Envelope).catch(() => {});
  }
  return await listAll(options, capabilities);
}

async function greet({ server, own }: ReplayOptions, { session, version }: Agreed): Promise<JsonObject> {
  const { initialize } = session;
  const result = resultOf(server, await own.again(initialize, readEnvelope(initialize) as Envelope));
  if (result.protocolVersion !== version) {
    const now = JSON.stringify(result.protocolVersion);
    throw new McpctlError(
      'SERVER_PROTOCOL',
      `${server} speaks protocol version ${now} since it was started again, and ${version} before.`,
      { hint: 'Start the client again, so that both agree anew.', data: { server } },
    );
  }
  return (isRecord(result.capabilities) ? result.capabilities : {}) as JsonObject;
}

/** Every tool the program lists now. */
export async function listAll(
  { server, own, memory }: Pick<ReplayOptions, 'server' | 'own' | 'memory'>,
  capabilities: JsonObject | undefined,
): Promise<readonly Tool[] | undefined> {
  const { meta } = memory;
  if (!capabilities && !meta) return undefined;
  // Apart, because only a session in which something happens needs to hash.
  const { listTools } = await import('../tools.ts');
  const request = async (method: string, params: JsonObject = {}): Promise<JsonObject> =>
    await own.ask(method, { ...params, ...(!capabilities && meta && { _meta: meta }) });
  try {
    return await listTools({ capabilities: capabilities ?? { tools: {} }, request }, server);
  } catch (error) {
    // A server of the stateless era without tools does not know the method.
    if (!capabilities && error instanceof McpctlError && error.data?.rpcCode === -32601) return [];
    throw error;
  }
}
