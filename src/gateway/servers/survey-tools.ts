import { McpctlError } from '../../core/errors.ts';
import { listTools, type Tool } from '../../mcp/tools.ts';
import { type OpenServerOptions, openServer } from './open-server.ts';

export interface ServerTools {
  readonly server: string;
  readonly tools: readonly Tool[];
  /** Why there are none. */
  readonly error?: McpctlError;
}

const AT_ONCE = 6;

/** The tools of one server. */
export async function toolsOf(options: OpenServerOptions): Promise<Tool[]> {
  const { session } = await openServer(options);
  try {
    return await listTools(session, options.server);
  } finally {
    await session.close();
  }
}

/** The tools of several servers, several at once, in the order given; a failing server does not stop the others. */
export async function surveyTools(
  servers: readonly string[],
  options: Omit<OpenServerOptions, 'server'>,
): Promise<ServerTools[]> {
  const found: ServerTools[] = [];
  const rest = [...servers.entries()];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      const [index, server] = next;
      try {
        found[index] = { server, tools: await toolsOf({ ...options, server }) };
      } catch (error) {
        if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
        found[index] = { server, tools: [], error };
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}
