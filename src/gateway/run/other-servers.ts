import { answerOf } from '../../calls/line-answer.ts';
import type { ToolHandler } from '../../calls/tool-call.ts';
import { type DescribedTool, describedTool } from '../../calls/tool-claims.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { listTools, type Tool } from '../../mcp/tools.ts';
import type { OpenServer, OpenServerOptions } from '../servers/open-server.ts';

/** Servers that stand in for the one that is run. None is started before it is needed; all end with the session. */
export interface OtherServers {
  describe(server: string, tool: string): Promise<DescribedTool | undefined>;
  readonly call: ToolHandler;
  close(): Promise<void>;
}

interface Opened extends OpenServer {
  readonly tools: readonly Tool[];
}

export function createOtherServers(options: Pick<OpenServerOptions, 'machine' | 'note'>): OtherServers {
  const servers = new Map<string, Promise<Opened>>();
  const start = async (server: string): Promise<Opened> => {
    const { openServer } = await import('../servers/open-server.ts');
    const opened = await openServer({ server, ...options });
    return { ...opened, tools: await listTools(opened.session, server) };
  };
  const open = async (server: string): Promise<Opened> => {
    const opening = servers.get(server) ?? start(server);
    servers.set(server, opening);
    // The next call may find it well again.
    opening.catch(() => servers.delete(server));
    return await opening;
  };
  return {
    async describe(server, tool) {
      const { tools } = await open(server).catch(() => ({ tools: [] as readonly Tool[] }));
      const found = tools.find(({ name }) => name === tool);
      return found && describedTool(found);
    },
    async call(call) {
      const { server, tool, id, signal } = call;
      const { session } = await open(server);
      const args = call.args();
      try {
        const result = await session.request(
          'tools/call',
          { name: tool, arguments: isRecord(args) ? (args as JsonObject) : {} },
          { signal },
        );
        return answerOf(Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}\n`));
      } catch (error) {
        // One that ended is started again for the next call.
        if (!(error instanceof McpctlError) || error.code === 'SERVER_EXITED') servers.delete(server);
        throw error;
      }
    },
    async close() {
      const opened = await Promise.allSettled(servers.values());
      await Promise.all(
        opened.map(
          async (each) => await (each.status === 'fulfilled' ? each.value.session.close() : undefined),
        ),
      );
    },
  };
}
