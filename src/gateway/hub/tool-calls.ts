import type { ToolCall, ToolHandler } from '../../calls/tool-call.ts';
import { describedTool } from '../../calls/tool-claims.ts';
import { traceOf } from '../../calls/trace.ts';
import { McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { createArgumentCheck } from './argument-check.ts';
import { type HubCall, hubCall, toolAnswer } from './call-tool.ts';
import type { ClientRequest } from './client.ts';
import type { HubServers } from './hub-servers.ts';
import { createInnerCalls, notInProfile } from './inner-calls.ts';
import type { Passed } from './pass-on.ts';
import type { HubPlan } from './plan.ts';
import type { HubRequest, Questions } from './questions.ts';
import type { Route, Routing } from './routing.ts';
import type { Seat } from './seat.ts';
import type { StackPorts } from './stack-ports.ts';
import { upstreamRequest } from './upstream-request.ts';

export interface ToolCallsOptions {
  readonly routing: Routing;
  readonly servers: HubServers;
  readonly questions: Questions;
  plan(): HubPlan;
  logLevel(request: ClientRequest): string | undefined;
  readonly now: () => number;
}

/** `tools/call` on its way: named, through the layers, to its server. */
export interface ToolCalls {
  /** With `found`, that tool, whatever name the request has; its arguments are checked against its schema. */
  call(request: HubRequest, seat: Seat, found?: Route): Promise<Passed>;
  /** The settings changed: layers are made anew with the next call. */
  planned(): void;
}

export function createToolCalls({
  routing,
  servers,
  questions,
  plan,
  logLevel,
  now,
}: ToolCallsOptions): ToolCalls {
  let handler: ToolHandler | undefined;
  const refuseArguments = createArgumentCheck();
  const layers = (): ToolHandler => {
    handler ??= plan().calls.stack(ports, innermost);
    return handler;
  };
  const callInner = createInnerCalls({
    servers,
    questions,
    handler: layers,
    plan,
    now,
  });

  /** Whoever stands in for another must be offered to the client as well. */
  const refuseHidden = ({ asker, seat, server, tool: name }: HubCall): void => {
    const { profile } = asker.client;
    if (profile === undefined) return;
    const { offerings } = plan();
    const tools = servers.get(server)?.offers.known(seat)?.lists.tools;
    const tool = tools?.find((one) => one.name === name);
    const has = offerings.toolsOf({ profile });
    if (tool && offerings.sees({ profile }, server) && (has?.(server, tool) ?? true)) return;
    throw notInProfile(server, name, profile);
  };

  const innermost: ToolHandler = async (call) => {
    const { asker, seat, unchecked } = call as HubCall;
    const served = servers.get(call.server);
    if (!served) throw gone(call.server);
    if (call.notes.fallbackFor) refuseHidden(call as HubCall);
    if (unchecked) {
      const refusal = await refuseArguments(call, unchecked);
      if (refusal) return refusal;
    }
    if (served.here.inner) return await callInner(served.here.inner, call as HubCall);
    const { life, signal, trace } = call;
    // Starting a server has a limit of its own.
    life.asking += 1;
    let isStarting = true;
    const started = (): void => {
      if (isStarting) life.asking -= 1;
      isStarting = false;
    };
    try {
      const answer = await served.use(seat, { signal, isExclusive: true }, ({ upstream }) => {
        started();
        life.heardAt = performance.now();
        const level = logLevel(asker);
        const { params, line } = paramsFor(upstream, call);
        const asked = { server: served.name, seat, request: asker, signal, life };
        return questions.during(asked, (ask) =>
          upstream.request(
            upstreamRequest({
              request: asker,
              seat,
              params,
              line,
              signal,
              trace,
              logLevel: level,
              heard() {
                life.heardAt = performance.now();
              },
              ask,
            }),
          ),
        );
      });
      return toolAnswer(call.id, answer);
    } finally {
      started();
    }
  };
  const ports: StackPorts = {
    // Where a tool was found, what its server says of it was found too.
    learn: async () => {},
    describe: async (server, tool, call) => await describe(server, tool, (call as HubCall).seat),
  };
  const describe = async (server: string, tool: string, seat: Seat) => {
    const served = servers.get(server);
    if (!served) return undefined;
    await served.offers.ready;
    const offer = served.offers.known(seat) ?? (await served.offers.refresh(seat).catch(() => undefined));
    const found = offer?.lists.tools.find(({ name }) => name === tool);
    return found && describedTool(found);
  };

  return {
    planned() {
      handler = undefined;
    },
    async call(request, seat, found) {
      const { message } = request;
      const params = message.params as JsonObject | undefined;
      const { served, origin, view } = found ?? (await routing.named('tools', params?.name, request, seat));
      const about = served.offers.known(seat)?.about;
      const version = about?.serverInfo.version;
      const call = hubCall({
        request,
        seat,
        origin,
        tool: view.tool(origin),
        serverVersion: typeof version === 'string' ? version : undefined,
        trace: request.trace ?? traceOf(message),
        startedAt: new Date(now()),
        isUnchecked: found !== undefined,
      });
      try {
        const { line, outcome } = await layers()(call);
        return { line, isError: outcome === 'error', serverInfo: about?.serverInfo };
      } catch (error) {
        throw new CallFailure(error, call.corr);
      }
    },
  };
}

/** Why a call has no answer, with the id under which logs have it. */
export class CallFailure extends Error {
  readonly correlationId: string;

  constructor(cause: unknown, correlationId: string) {
    super('A call has no answer.', { cause });
    this.name = 'CallFailure';
    this.correlationId = correlationId;
  }
}

/** The client's params with the server's name of the tool. Answers to questions are nothing for a legacy server. */
function paramsFor({ about }: Upstream, call: ToolCall): { params: JsonObject; line?: Buffer } {
  const { asker } = call as HubCall;
  const given = (asker.message.params ?? {}) as JsonObject;
  const args = call.args();
  const params = { ...given, name: call.tool, ...(args !== undefined && { arguments: args }) };
  if (about.era === 'modern' || !call.isContinued) return { params, line: call.line };
  const { inputResponses: _, requestState: __, ...rest } = params as JsonObject;
  return { params: rest };
}

function gone(server: string): McpctlError {
  return new McpctlError('SERVER_UNKNOWN', `${server} is not offered any more.`, {
    hint: 'mcpctl list',
    data: { server, sent: false },
  });
}
