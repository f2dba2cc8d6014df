import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { createDoorkeeper } from '../../gateway/front/doorkeeper.ts';
import { isLoopback } from '../../gateway/front/http-guard.ts';
import { serveMetrics } from '../../gateway/front/metrics-front.ts';
import { readTokens } from '../../gateway/front/tokens.ts';
import { createCollector } from '../../gateway/metrics/collector.ts';
import { createMeter } from '../../gateway/metrics/create-meter.ts';
import type { ObservedByMetrics } from '../../gateway/metrics/families.ts';
import { lookAround } from '../../gateway/metrics/look-around.ts';
import type { Observation, ObservedServer } from '../../watch/observation.ts';
import { parsePort } from '../gateway/gateway-flags.ts';
import type { WatchFlags, Watching, WatchPart } from './parts.ts';

/** Where the pages of the guide look for it. */
const USUAL_PORT = 9478;

/**
 * Serves the numbers of every process of this user, with what the watcher itself finds of servers.
 * @throws PORT_BUSY, GATEWAY_TOKEN_MISSING, USAGE
 */
export async function openMetricsPart({ flags, context }: Watching, port: string): Promise<WatchPart> {
  const { paths, platform, program, now, output } = context;
  await refuseOpenDoor(flags, context);
  const meter = createMeter();
  const startedAt = now().toISOString();
  let latest: Observation | undefined;
  const probedAt = new Map<string, string>();
  const look = lookAround({
    folder: paths.run,
    platform,
    kinds: ['run', 'gateway'],
    judges: true,
    own: () => ({
      kind: 'watch',
      version: program.version,
      startedAt,
      rssBytes: process.memoryUsage.rss(),
      snapshot: meter.snapshot(),
      servers: latest?.servers.map(asObserved) ?? [],
    }),
  });
  const keeper = createDoorkeeper({
    place: paths,
    now,
    revoked() {},
    warn: () => output.warn('The tokens of the gateway could not be read or marked.'),
  });
  const host = flags.metricsHost;
  const front = await serveMetrics({
    host,
    port: parsePort(port, '--metrics-port', USUAL_PORT),
    again: (other) => `mcpctl watch --metrics-port ${other}`,
    metrics: createCollector(look).scrape,
    ...(flags.metricsToken && { principalOf: keeper.principalOf }),
  });
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${front.port}/metrics`;
  output.note(`Metrics: ${address}`);
  return {
    told: () => [{ text: `metrics at ${address}`, isTrouble: false }],
    observed(observation) {
      latest = observation;
      for (const { name, probe, token } of observation.servers) {
        meter.tokenHeld(name, token?.expiresAt ? Date.parse(token.expiresAt) : undefined);
        if (!probe || probedAt.get(name) === probe.at) continue;
        probedAt.set(name, probe.at);
        meter.probed(name, { ok: probe.ok, seconds: probe.ms / 1000 });
      }
    },
    close: front.close,
  };
}

/** @throws USAGE, GATEWAY_TOKEN_MISSING */
async function refuseOpenDoor({ metricsHost, metricsToken }: WatchFlags, context: Context): Promise<void> {
  const { output, paths } = context;
  if (!isLoopback(metricsHost)) {
    if (!metricsToken) {
      throw new McpctlError('USAGE', `Without a token metrics stay on this machine, not on ${metricsHost}.`, {
        hint: `mcpctl watch --metrics-port ${USUAL_PORT} --metrics-host ${metricsHost} --metrics-token`,
      });
    }
    output.warn('Token and metrics pass the network as plain text: put a proxy with TLS in front.');
  }
  if (!metricsToken || (await readTokens(paths)).length > 0) return;
  throw new McpctlError('GATEWAY_TOKEN_MISSING', 'There is no token, so nobody could read the metrics.', {
    hint: 'mcpctl gateway token',
  });
}

function asObserved({ name, state, reason, tools, rssBytes, restarts }: ObservedServer): ObservedByMetrics {
  const { offered, locked, changed } = tools;
  return {
    name,
    state,
    pids: [],
    restarts,
    changed,
    ...(reason && { code: reason.code }),
    ...(offered !== null && { tools: offered }),
    ...(locked !== null && { locked }),
    ...(rssBytes !== null && { rssBytes }),
  };
}
