import { implementationOf } from '../../calls/call-facts.ts';
import { answerOf, parsedResult } from '../../calls/line-answer.ts';
import type { ToolAnswer, ToolHandler } from '../../calls/tool-call.ts';
import { carriedTrace, traceOf } from '../../calls/trace.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { Tool } from '../../mcp/tools.ts';
import { type HubCall, hubCall } from './call-tool.ts';
import type { HubServers } from './hub-servers.ts';
import type { InnerServer, ThroughCall } from './inner-server.ts';
import { notificationLine } from './messages.ts';
import type { HubPlan } from './plan.ts';
import type { HubRequest, Questions } from './questions.ts';
import { metaOf } from './seat.ts';

export interface InnerCallsOptions {
  readonly servers: HubServers;
  readonly questions: Questions;
  /** All layers, and what asks a server. */
  handler(): ToolHandler;
  plan(): HubPlan;
  now(): number;
}

/** Calls of servers within this process, which call others for the same client. */
export function createInnerCalls({ servers, questions, handler, plan, now }: InnerCallsOptions) {
  /** Those the client's profile has: what is hidden from it, it does not reach by a detour. */
  const toolsOf = async (server: string, { seat, asker }: HubCall): Promise<readonly Tool[]> => {
    const served = servers.get(server);
    const { offerings } = plan();
    const offered = { profile: asker.client.profile };
    if (!served || served.here.inner || !offerings.sees(offered, server)) {
      throw new McpctlError('SERVER_UNKNOWN', `The gateway has no server ${JSON.stringify(server)}.`, {
        hint: `mcpctl add ${server}, or name another one in the pipeline`,
        data: { server, sent: false },
      });
    }
    await served.offers.ready;
    const offer = served.offers.known(seat) ?? (await served.offers.refresh(seat));
    const has = offerings.toolsOf(offered);
    const tools = offer.lists.tools as readonly Tool[];
    return has ? tools.filter((tool) => has(server, tool)) : tools;
  };
  const through = async (step: ThroughCall, outer: HubCall): Promise<JsonObject> => {
    const { server, tool: name, args, parent, signal, limits, pausesMs } = step;
    const { seat, asker } = outer;
    const tool = (await toolsOf(server, outer)).find((one) => one.name === name);
    if (!tool && asker.client.profile !== undefined) throw notInProfile(server, name, asker.client.profile);
    const version = implementationOf(servers.get(server)?.offers.known(seat)?.about.serverInfo)?.version;
    const call: HubCall = {
      ...hubCall({
        request: stepRequest(outer, { name, arguments: args }),
        seat,
        origin: { server, name },
        tool: tool as JsonObject | undefined,
        serverVersion: version,
        trace: traceOf({ params: { _meta: carriedTrace(outer.trace) } }),
        startedAt: new Date(now()),
      }),
      via: 'chain',
      client: outer.client,
      parent,
      signal,
      ...(limits && { limits }),
      ...(pausesMs && { pausesMs }),
    };
    const { line } = await handler()(call);
    const result = parsedResult(line);
    if (isRecord(result)) return result as JsonObject;
    throw refused(server, line);
  };

  return async (inner: InnerServer, call: HubCall): Promise<ToolAnswer> => {
    const { asker, seat, signal, life, id } = call;
    const token = metaOf(asker.message).progressToken;
    // The calls it makes have time limits of their own, and so has it.
    life.asking += 1;
    try {
      const result = await questions.during({ server: inner.name, seat, request: asker, signal }, (ask) =>
        inner.call({
          call,
          toolsOf: async (server) => await toolsOf(server, call),
          isAllowed: (server, tool) => plan().calls.shows(seat.principal, server, tool),
          through: async (step) => await through(step, call),
          progress(params) {
            if (token === undefined) return;
            asker.notify(notificationLine('notifications/progress', { ...params, progressToken: token }));
          },
          ask,
        }),
      );
      return answerOf(Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}\n`));
    } finally {
      life.asking -= 1;
    }
  };
}

/** The client's request as one for another tool: progress of that is none of its own, questions are. */
function stepRequest({ asker }: HubCall, params: JsonObject): HubRequest {
  const { progressToken: _, ...meta } = metaOf(asker.message);
  const message = {
    jsonrpc: '2.0',
    id: JSON.parse(asker.id),
    method: 'tools/call',
    params: { ...params, ...(Object.keys(meta).length > 0 && { _meta: meta }) },
  };
  return {
    ...asker,
    method: 'tools/call',
    message,
    line: Buffer.from(`${JSON.stringify(message)}\n`),
    isAnsweredHere: true,
  };
}

/** Why a call is refused that a detour would have brought to what its client's profile hides. */
export function notInProfile(server: string, tool: string, profile: string): McpctlError {
  return new McpctlError('TOOL_DENIED', `${tool} of ${server} is not in the profile ${profile}.`, {
    hint: 'See gateway.profiles in the settings: mcpctl config show',
    data: { server, tool, sent: false },
  });
}

function refused(server: string, line: Buffer): McpctlError {
  const answer: unknown = JSON.parse(line.toString('utf8'));
  const { message } = isRecord(answer) && isRecord(answer.error) ? answer.error : {};
  return new McpctlError('SERVER_ERROR', `${server} refused the call: ${String(message ?? 'no reason')}`, {
    data: { server },
  });
}
