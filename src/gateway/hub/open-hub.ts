import { join } from 'node:path';
import type { AuditMachine } from '../../audit/open-here.ts';
import { type Meter, tokenMeter } from '../../calls/meter.ts';
import type { SpanSink } from '../../calls/spans.ts';
import type { SharedStore } from '../../calls/stores/store.ts';
import type { ToolMiddleware } from '../../calls/tool-call.ts';
import { createToolLocks } from '../../calls/tool-lock/tool-locks.ts';
import { verifyListed } from '../../calls/tool-lock/verify-listed.ts';
import { asKnown } from '../../core/errors.ts';
import type { SharedRedactor } from '../../core/growing-redactor.ts';
import { isRemote } from '../../manifest/entry.ts';
import type { Scope } from '../../manifest/scopes.ts';
import type { Era } from '../../mcp/greeting.ts';
import type { Said } from '../../routing/said.ts';
import { USER_PLACES } from '../../settings/places.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';
import type { GatewayLog } from '../logs/gateway-log.ts';
import { createKnownTools } from '../servers/known-tools.ts';
import type { TokenMachine } from '../servers/open-server-tokens.ts';
import type { ServerMachine } from '../servers/server-target.ts';
import { openUpstream } from '../upstream/open-upstream.ts';
import { type OpenCallPlan, openCallPlan } from './call-plan.ts';
import { createHub } from './create-hub.ts';
import type { Hub } from './hub.ts';
import type { InnerServer } from './inner-server.ts';
import { createOfferings, type Offerings, type OfferingsOptions } from './offerings.ts';
import type { OpenUpstream } from './open-upstream.ts';
import type { HubPlan } from './plan.ts';
import { type ServersHere, serversHere } from './servers-here.ts';
import { watchFiles } from './watch-files.ts';

export interface OpenHubOptions {
  readonly machine: ServerMachine &
    TokenMachine &
    AuditMachine & { readonly program: { readonly version: string } };
  readonly meter: Meter;
  readonly log: Pick<GatewayLog, 'event' | 'serverOutput'>;
  /** Learns the secrets of all servers. */
  readonly redactor?: SharedRedactor;
  /** The project's servers instead of the user's. */
  readonly scope?: Scope;
  /** The servers that are offered, instead of those the settings name. */
  readonly names?: readonly string[];
  /** What users said of tools for tasks. */
  said?(): Promise<readonly Said[]>;
  /** What clients are shown, where it was asked for. */
  readonly offer?: Pick<OfferingsOptions, 'askedMode' | 'alone'>;
  /** A server within this process, by the settings in force. */
  inner?(settings: Settings, taken: readonly string[]): Promise<InnerHere>;
  /** Outermost layer of every call, for a log of them. */
  readonly watch?: ToolMiddleware;
  /** Hears of calls and attempts for tracing. */
  readonly spans?: SpanSink;
  /** Called after servers came or went. */
  changed?(): void;
}

/** A server within this process, with what decides what it has. */
export interface InnerHere extends Pick<ServersHere, 'files' | 'notes'> {
  /** Absent where there is none. */
  readonly server?: InnerServer;
}

/** A hub for the servers of the manifest, which follows manifest, lock and settings. */
export interface OpenHub {
  readonly hub: Hub;
  readonly settings: Settings;
  /** Names of the profiles the settings describe now. */
  profiles(): readonly string[];
  /** What is kept of calls. */
  store(): SharedStore;
  close(): Promise<void>;
}

/** Servers are started when somebody needs them. @throws what reading manifest, lock and settings throws. */
export async function openHub(options: OpenHubOptions): Promise<OpenHub> {
  const { machine, log, changed } = options;
  let here = await readServers(options);
  let { settings } = await readSettings(machine);
  const locks = createToolLocks((name) => here.servers.find((one) => one.name === name)?.locked);
  const planCalls = (wanted: Settings): Promise<OpenCallPlan> =>
    openCallPlan({
      ...options,
      settings: wanted,
      isRemote: (name) =>
        here.servers.some((one) => one.name === name && one.chosen && isRemote(one.chosen.server.entry)),
      locks,
      servers: () => here.servers,
      digest: (name) => here.servers.find((one) => one.name === name)?.digest ?? '',
      warn: (what) => log.event({ level: 'warn', what }),
    });
  let calls = await planCalls(settings);
  /** Calls of earlier settings may still be answered. */
  const former: OpenCallPlan[] = [];
  const offer = (): Offerings => createOfferings({ ...settings.gateway, ...options.offer });
  let offerings = offer();
  const plan = (): HubPlan => ({
    servers: here.servers,
    idleStopMs: settings.gateway.idleStopMs,
    calls,
    offerings,
  });
  const hub = createHub({
    version: machine.program.version,
    plan: plan(),
    folder: join(machine.paths.cache, 'gateway'),
    now: () => machine.now().getTime(),
    openUpstream: opener(options, (server) => calls.forget(server)),
    knownToolsOf: createKnownTools(machine.paths.cache).read,
    ...(options.said && { said: options.said }),
  });

  const reload = async (): Promise<void> => {
    try {
      const wanted = (await readSettings(machine)).settings;
      const servers = await readServers(options);
      if (JSON.stringify(wanted) !== JSON.stringify(settings)) {
        const next = await planCalls(wanted);
        former.push(calls);
        calls = next;
      }
      settings = wanted;
      offerings = offer();
      here = servers;
      hub.become(plan());
      files.follow(watched(here, options));
      log.event({ level: 'info', what: `Read manifest and settings again: ${namesOf(here)}.` });
      changed?.();
    } catch (error) {
      const { message, code, hint } = asKnown(error);
      const what = `Manifest or settings changed and cannot be used, so nothing else changes. ${message}`;
      log.event({ level: 'error', what, code, ...(hint !== undefined && { hint }) });
    }
  };
  const files = watchFiles({ changed: reload });
  files.follow(watched(here, options));

  return {
    hub,
    settings,
    profiles: () => Object.keys(settings.gateway.profiles),
    store: () => calls.store,
    async close() {
      files.close();
      await hub.close();
      await Promise.all([calls, ...former].map((each) => each.close()));
    },
  };
}

function opener(
  { machine, log, meter, redactor }: OpenHubOptions,
  forget: (server: string) => void,
): OpenUpstream {
  const eras = new Map<string, Era>();
  // Standard input may belong to a client: nobody can type a passphrase there.
  const unasked = { ...machine, prompt: { canAsk: false } };
  return async ({ here: { name, chosen, locked }, seat: { capabilities }, events, signal }) => {
    if (!chosen) throw new RangeError(`${name} has no entry.`);
    const upstream = await openUpstream({
      chosen,
      machine: unasked,
      events: {
        ...events,
        restarted(reason) {
          meter.restarted(name, reason);
          forget(name);
          events.restarted(reason);
        },
      },
      ...(redactor && { redactor }),
      capabilities,
      eras,
      signal,
      verify: (tools) => verifyListed(name, tools, locked),
      note: (what) => log.event({ level: 'info', what, server: name }),
      write: log.serverOutput(name),
      tokens: tokenMeter(meter, name),
    });
    const openedAt = performance.now();
    void upstream.ended.then(() => meter.sessionEnded(name, (performance.now() - openedAt) / 1000));
    return upstream;
  };
}

async function readServers(options: OpenHubOptions): Promise<ServersHere> {
  const { machine, scope, log, ...asked } = options;
  const { paths, cwd } = machine;
  const { settings } = await readSettings(machine);
  const names = asked.names ?? settings.gateway.servers;
  const here = await serversHere({ paths, cwd, ...(scope && { scope }), ...(names && { names }) });
  const taken = here.servers.map(({ name }) => name);
  // Who names servers wants no others.
  const inner = asked.names ? undefined : await options.inner?.(settings, taken);
  for (const what of [...here.notes, ...(inner?.notes ?? [])]) log.event({ level: 'warn', what });
  if (!inner) return here;
  const { server } = inner;
  const own = server ? [{ name: server.name, digest: server.digest, inner: server }] : [];
  return { ...here, servers: [...here.servers, ...own], files: [...here.files, ...inner.files] };
}

function watched({ files }: ServersHere, { machine: { paths } }: OpenHubOptions): string[] {
  return [...files, ...USER_PLACES.map((name) => join(paths.settings, name))];
}

function namesOf({ servers }: ServersHere): string {
  return servers.map(({ name }) => name).join(', ') || 'no servers';
}
