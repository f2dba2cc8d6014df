import type { CallLife } from '../../calls/tool-call.ts';
import type { Context } from '../../cli/context.ts';
import type { JsonObject } from '../../core/json.ts';
import { instanceOf } from '../../gateway/hub/servers-here.ts';
import { type OpenServer, openServer } from '../../gateway/servers/open-server.ts';
import { serverHere } from '../../manifest/choose.ts';
import { readLock } from '../../manifest/lock.ts';
import { listTools, type Tool } from '../../mcp/tools.ts';
import { elicit } from '../calls/elicitation.ts';

export interface ChainServer extends OpenServer {
  readonly tools: readonly Tool[];
  /** Digest of its version and configuration. */
  readonly instance: string;
  /** Calls it works on; their time stands still while it asks the user something. */
  readonly underWay: Set<CallLife>;
}

/** The servers of a pipeline, each started when it is first needed. */
export interface ChainServers {
  /** @throws why it cannot be started or reached. */
  open(server: string): Promise<ChainServer>;
  /** The next call starts it anew. */
  drop(server: string, opened: ChainServer): void;
  close(): Promise<void>;
}

/** `opened` hears of each that was started. */
export function createChainServers(
  { timeoutMs, opened }: { readonly timeoutMs: number; opened(name: string, server: ChainServer): void },
  context: Context,
): ChainServers {
  const servers = new Map<string, Promise<ChainServer>>();
  const start = async (server: string): Promise<ChainServer> => {
    const { prompt, output } = context;
    const chosen = await serverHere(server, context);
    const { entry, manifest } = chosen.server;
    const lock = (await readLock(manifest)).servers[server];
    const underWay = new Set<CallLife>();
    const ask = async (params: JsonObject): Promise<JsonObject> => {
      const asked = [...underWay];
      for (const life of asked) life.asking += 1;
      try {
        return await elicit(params, server, prompt);
      } finally {
        for (const life of asked) life.asking -= 1;
      }
    };
    const found = await openServer({
      server,
      chosen,
      machine: context,
      timeoutMs,
      note: (text) => output.note(text),
      ...(prompt.canAsk && { handlers: { elicit: ask } }),
      ...(output.verbose && { tell: (text: string) => output.note(text) }),
    });
    const tools = await listTools(found.session, server);
    const started = { ...found, tools, instance: instanceOf({ entry, lock, manifest }), underWay };
    opened(server, started);
    return started;
  };
  return {
    open(server) {
      const known = servers.get(server);
      if (known) return known;
      const opening = start(server).catch((error: unknown) => {
        servers.delete(server);
        throw error;
      });
      servers.set(server, opening);
      return opening;
    },
    drop(server, { session }) {
      servers.delete(server);
      session.close().catch(() => {});
    },
    async close() {
      const sessions = await Promise.allSettled(servers.values());
      await Promise.all(sessions.map((one) => one.status === 'fulfilled' && one.value.session.close()));
    },
  };
}
