import type { Context } from '../../cli/context.ts';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { createSharedRedactor } from '../../core/growing-redactor.ts';
import { answerForCache } from '../../gateway/control/answer-for-cache.ts';
import { type Control, openControl } from '../../gateway/control/open-control.ts';
import { measured } from '../../gateway/control/probe.ts';
import type { HttpFrontOptions } from '../../gateway/front/http-options.ts';
import type { Hub } from '../../gateway/hub/hub.ts';
import { type OpenHub, openHub } from '../../gateway/hub/open-hub.ts';
import { createGatewayLog, type GatewayLog } from '../../gateway/logs/gateway-log.ts';
import { logCalls } from '../../gateway/logs/log-calls.ts';
import { createCollector } from '../../gateway/metrics/collector.ts';
import { createMeter } from '../../gateway/metrics/create-meter.ts';
import type { Observed } from '../../gateway/metrics/families.ts';
import { lookAround } from '../../gateway/metrics/look-around.ts';
import type { Telemetry } from '../../gateway/telemetry/open-telemetry.ts';
import { telemetryHere } from '../../gateway/telemetry/telemetry-here.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';
import { createPublishedPipelines } from '../chain/published/published-server.ts';
import { readSaid } from '../routing/said.ts';
import { type GatewayFlags, onlyOf, refuseUnknownProfile } from './gateway-flags.ts';

/** A hub with all that watches it. */
export interface Gateway {
  readonly hub: Hub;
  readonly settings: Settings;
  readonly profiles: OpenHub['profiles'];
  readonly log: GatewayLog;
  readonly metrics: NonNullable<HttpFrontOptions['metrics']>;
  readonly sessionEnded: NonNullable<HttpFrontOptions['sessionEnded']>;
  /** Aborted when the process is asked to stop, by a signal or over the control socket. */
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

export async function openGateway(flags: GatewayFlags, context: Context): Promise<Gateway> {
  const { paths, platform, output, now, program, cwd } = context;
  const meter = createMeter();
  const redactor = createSharedRedactor();
  context.concealInCrash(redactor);
  const kept = await createGatewayLog({
    folder: paths.logs,
    format: flags.logFormat ?? (output.stderr.isTTY ? 'text' : 'json'),
    level: output.verbose ? 'debug' : 'info',
    // Who starts it for stdio may read no stderr, and a full pipe stops everything.
    ...(!flags.http && !output.verbose && { toldLevel: 'warn' as const }),
    stderr: output.stderr,
    redact: redactor,
    now,
  });
  const startedAt = now();
  const observed = (): Observed => ({
    kind: 'gateway',
    version: program.version,
    startedAt: startedAt.toISOString(),
    rssBytes: process.memoryUsage.rss(),
    snapshot: meter.snapshot(),
    servers: opened?.hub.servers() ?? [],
  });
  let opened: OpenHub | undefined;
  const telemetry = await telemetryHere({
    settings: (await readSettings(context)).settings,
    machine: context,
    meter,
    observed,
    warn: (what) => kept.event({ level: 'warn', what }),
  });
  const log = telemetry ? alsoTold(kept, telemetry, redactor) : kept;
  let control: Control | undefined;
  const published = createPublishedPipelines(context);
  opened = await openHub({
    machine: context,
    meter,
    log,
    redactor,
    watch: logCalls(log),
    inner: async (settings, taken) => await published.here(settings.pipelines, taken),
    ...(telemetry && { spans: telemetry }),
    ...(flags.scope && { scope: flags.scope }),
    ...(flags.server && { names: flags.server }),
    said: () => readSaid(paths),
    offer: { askedMode: flags.mode, alone: onlyOf(flags) },
    changed: () => void control?.update(namesOf(hub)).catch(() => {}),
  });
  const { hub, settings, profiles, store, close: closeHub } = opened;
  await refuseUnknown(flags, opened).catch(async (error: unknown) => {
    await closeHub();
    throw error;
  });
  const asked = new AbortController();
  const look = lookAround({
    folder: paths.run,
    platform,
    // Other gateways are asked by whoever watches them.
    kinds: ['run'],
    own: observed,
  });
  control = await openControl({
    folder: paths.run,
    platform,
    kind: 'gateway',
    servers: namesOf(hub),
    version: program.version,
    cwd,
    startedAt,
    redact: redactor,
    handlers: {
      servers: hub.servers,
      metrics: meter.snapshot,
      stop: () => asked.abort(),
      recent: meter.recent,
      probe: (server, request) => measured(server, meter, () => hub.probe(server, request)),
      restart: hub.restart,
      cache: (action, server) => answerForCache(store())(action, server),
    },
  }).catch((error: unknown) => {
    // Clients are served all the same; only nobody else finds this process.
    log.event({ level: 'warn', what: `No control socket: ${messageOf(error)}` });
    return undefined;
  });
  return {
    hub,
    settings,
    profiles,
    log,
    metrics: createCollector(look).scrape,
    sessionEnded: (seconds) => meter.sessionEnded(undefined, seconds),
    signal: AbortSignal.any([context.signal, asked.signal]),
    async close() {
      await control?.close();
      await published.settled();
      await closeHub();
      await telemetry?.close();
      log.flush();
    },
  };
}

/** What the log tells goes to a collector too, without secrets. */
function alsoTold(log: GatewayLog, telemetry: Telemetry, redact: (text: string) => string): GatewayLog {
  return {
    ...log,
    event(event) {
      log.event(event);
      const { what, hint } = event;
      telemetry.event({ ...event, what: redact(what), ...(hint !== undefined && { hint: redact(hint) }) });
    },
  };
}

/** @throws SERVER_UNKNOWN, PROFILE_UNKNOWN */
async function refuseUnknown(
  { server = [], profile }: GatewayFlags,
  { hub, profiles }: OpenHub,
): Promise<void> {
  if (profile !== undefined) refuseUnknownProfile(profile, profiles());
  const known = namesOf(hub);
  const unknown = server.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new McpctlError('SERVER_UNKNOWN', `There is no server ${JSON.stringify(unknown)} to offer.`, {
    hint: 'mcpctl list shows the servers there are.',
    data: { server: unknown },
  });
}

function namesOf(hub: Hub): string[] {
  return hub.servers().map(({ name }) => name);
}
