import { createPolicy } from '../../calls/policy.ts';
import { claimsOf } from '../../calls/tool-claims.ts';
import { createToolLocks } from '../../calls/tool-lock/tool-locks.ts';
import type { Context } from '../../cli/context.ts';
import { progressLine } from '../../cli/progress-line.ts';
import { McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { estimateTokens } from '../../core/token-estimate.ts';
import { createOfferings, type OfferedTo, type Offerings } from '../../gateway/hub/offerings.ts';
import { searchTools } from '../../gateway/hub/search/definitions.ts';
import { type ServerHere, serversHere } from '../../gateway/hub/servers-here.ts';
import { createView, toolOffer, type View } from '../../gateway/hub/view.ts';
import { knownDefinitions } from '../../gateway/servers/known-definitions.ts';
import { createKnownTools } from '../../gateway/servers/known-tools.ts';
import { surveyTools } from '../../gateway/servers/survey-tools.ts';
import { isRemote } from '../../manifest/entry.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { GatewayMode } from '../../settings/call-settings.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';

export interface CostOptions {
  readonly server?: readonly string[];
  readonly scope?: 'user' | 'project';
  readonly fresh?: boolean;
}

/** What one `tools/list` costs. */
export interface ListCost {
  /** Tools that are listed. */
  readonly tools: number;
  readonly bytes: number;
  /** An estimate. */
  readonly tokens: number;
}

export interface ServerCost extends ListCost {
  readonly server: string;
  /** Why its tools are not known. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface ModeCost extends ListCost {
  readonly mode: GatewayMode;
  readonly profile?: string;
  /** Tools that can be called. */
  readonly behind: number;
  /** Share of the tokens of full mode, 0 to 1; absent where that lists nothing. */
  readonly share?: number;
}

export interface GatewayCosts {
  readonly servers: readonly ServerCost[];
  readonly modes: readonly ModeCost[];
}

/** Tokens of the lists clients get, by server, mode and profile, as settings and policy are now. @throws SERVER_UNKNOWN */
export async function listCosts(options: CostOptions, context: Context): Promise<GatewayCosts> {
  const { settings } = await readSettings(context);
  const known = await definitionsHere(options, settings, context);
  const viewOf = viewer(known, settings);
  const everything = viewOf({}, createOfferings({ mode: 'full', profiles: {} }));
  const full = listCost(everything);
  const cost = (mode: GatewayMode, view: View, profile?: string): ModeCost => {
    const listed = mode === 'search' ? searchCost(view) : listCost(view);
    return {
      mode,
      ...(profile !== undefined && { profile }),
      behind: view.listed().length,
      ...listed,
      ...(full.tokens > 0 && { share: listed.tokens / full.tokens }),
    };
  };
  const { profiles, mode } = settings.gateway;
  const offerings = createOfferings({ mode, profiles });
  return {
    servers: known.map(({ here: { name }, error }) => ({
      server: name,
      ...costOf(definitions(everything).filter(({ server }) => server === name)),
      ...(error && { error: { code: error.code, message: error.message } }),
    })),
    modes: [
      cost('full', everything),
      cost('search', everything),
      ...Object.keys(profiles).map((profile) =>
        cost(offerings.modeOf({ profile }), viewOf({ profile }, offerings), profile),
      ),
    ],
  };
}

interface KnownServer {
  readonly here: ServerHere;
  readonly tools: readonly Tool[];
  readonly error?: McpctlError | undefined;
}

async function definitionsHere(
  options: CostOptions,
  { gateway, timeouts }: Settings,
  context: Context,
): Promise<KnownServer[]> {
  const { paths, cwd, output } = context;
  const names = options.server ?? gateway.servers;
  const scope = options.scope && { scope: options.scope };
  const { servers } = await serversHere({ paths, cwd, ...scope, ...(names && { names }) });
  const unknown = options.server?.find((name) => !servers.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new McpctlError('SERVER_UNKNOWN', `There is no server ${JSON.stringify(unknown)}.`, {
      hint: 'mcpctl list',
      data: { server: unknown },
    });
  }
  const kept = createKnownTools(paths.cache);
  const known = new Map<string, readonly Tool[]>();
  for (const here of options.fresh ? [] : servers) {
    const tools = await knownDefinitions(here, paths.cache);
    if (tools) known.set(here.name, tools);
  }
  const missing = servers.flatMap(({ name }) => (known.has(name) ? [] : [name]));
  const progress = progressLine(output);
  if (missing.length > 0) progress.show(`Listing the tools of ${missing.join(', ')}`);
  const note = (line: string): void => output.note(line);
  const listed = await surveyTools(missing, { machine: context, timeoutMs: timeouts.startMs, note });
  progress.clear();
  for (const { server, tools, error } of listed) if (!error) await kept.write(server, tools);
  return servers.map((here) => {
    const asked = listed.find(({ server }) => server === here.name);
    return { here, tools: known.get(here.name) ?? asked?.tools ?? [], error: asked?.error };
  });
}

/** Makes what clients are shown of these servers, as the gateway does. */
function viewer(known: readonly KnownServer[], settings: Settings) {
  const byName = new Map(known.map((one) => [one.here.name, one]));
  const locks = createToolLocks((name) => byName.get(name)?.here.locked);
  const policy = createPolicy(settings.policy, {
    isRemote(name) {
      const { chosen } = byName.get(name)?.here ?? {};
      return chosen !== undefined && isRemote(chosen.server.entry);
    },
    locks,
  });
  return (client: OfferedTo, offerings: Offerings): View =>
    createView(
      known
        .filter(({ here }) => offerings.sees(client, here.name))
        .map(({ here, tools }) => toolOffer(here.name, tools)),
      {
        keepsNames: false,
        has: offerings.toolsOf(client),
        shows(server, tool) {
          policy.learn(server, [tool]);
          return policy.judge({ server, tool: String(tool.name), ...claimsOf(tool.annotations) }).isAllowed;
        },
      },
    );
}

function definitions(view: View): { readonly server: string; readonly definition: JsonObject }[] {
  return view.listed().map(({ server, shown, tool }) => ({ server, definition: { ...tool, name: shown } }));
}

function listCost(view: View): ListCost {
  return costOf(definitions(view));
}

function searchCost(view: View): ListCost {
  const servers = [...new Set(view.listed().map(({ server }) => server))];
  return costOf(searchTools(servers).map((definition) => ({ definition })));
}

/** Each definition as a client gets it. */
function costOf(listed: readonly { readonly definition: JsonObject }[]): ListCost {
  const texts = listed.map(({ definition }) => JSON.stringify(definition));
  return {
    tools: texts.length,
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    tokens: texts.reduce((sum, text) => sum + estimateTokens(text), 0),
  };
}
