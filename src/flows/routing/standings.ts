import { createPolicy } from '../../calls/policy.ts';
import { claimsOf } from '../../calls/tool-claims.ts';
import type { Context } from '../../cli/context.ts';
import { isRecord } from '../../core/json.ts';
import type { Standing } from '../../routing/standing.ts';
import { readSettings } from '../../settings/read.ts';
import { createHistoryFiles } from '../../watch/history/files.ts';
import { summaryFlow } from '../metrics/metrics-flow.ts';
import type { OwnServer } from './own-servers.ts';

/** How a server's tools stand now: what policy says, what `watch` saw last, and how calls went. */
export async function standingsHere(
  servers: readonly OwnServer[],
  context: Context,
): Promise<(server: string, tool: string | null) => Standing | undefined> {
  const { settings } = await readSettings(context);
  const byName = new Map(servers.map((server) => [server.routable.id, server]));
  const policy = createPolicy(settings.policy, { isRemote: (name) => byName.get(name)?.isRemote ?? false });
  const down = await serversDown(context);
  const figures = await calledHere(context);
  return (server, tool) => {
    const own = byName.get(server);
    if (!own) return undefined;
    const state = down.get(server);
    if (state !== undefined) return { barred: `it is ${state}, as mcpctl watch last saw it` };
    const definition = own.tools.find(({ name }) => name === tool);
    const { intent } = claimsOf(isRecord(definition) ? definition.annotations : undefined);
    const verdict = tool === null ? undefined : policy.judge({ server, tool, intent });
    if (verdict && !verdict.isAllowed)
      return { barred: `policy forbids it (${verdict.rule ?? 'no rule allows it'})` };
    return figures.get(server);
  };
}

/** What `watch` wrote longer ago says nothing of now. */
const FRESH_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

async function serversDown({ paths, now }: Context): Promise<Map<string, string>> {
  const time = now().getTime();
  const lines = await createHistoryFiles(paths.history).read(time - DAY_MS);
  const down = new Map<string, string>();
  if ((lines.at(-1)?.at ?? 0) < time - FRESH_MS) return down;
  for (const line of lines) {
    if (line.kind === 'begin') down.clear();
    if (line.kind !== 'state') continue;
    if (line.state === 'failed' || line.state === 'needs-auth') down.set(line.server, line.state);
    else down.delete(line.server);
  }
  return down;
}

async function calledHere(context: Context): Promise<Map<string, Standing>> {
  const { servers } = await summaryFlow({ sort: 'calls' }, context);
  return new Map(
    servers
      .filter(({ calls }) => calls > 0)
      .map(({ server, errorRatio, p50Ms }) => [
        server,
        { ...(errorRatio !== null && { successRate: 1 - errorRatio }), ...(p50Ms !== null && { p50Ms }) },
      ]),
  );
}
