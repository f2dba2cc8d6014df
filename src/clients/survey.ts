import { posix, win32 } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import type { ServerEntry } from '../manifest/entry.ts';
import type { Env } from '../platform/env.ts';
import type { Paths } from '../platform/paths.ts';
import type { ClientAdapter, Scope } from './adapter.ts';
import { CLIENTS, clientsNamed } from './all.ts';
import { type Detection, detectClients, exists, readPackages } from './detect.ts';
import type { ClientEntry } from './entry.ts';
import { readTargets } from './files.ts';
import { type Launcher, managedEntry } from './managed.ts';
import { fromManifest } from './manifest-entry.ts';
import { createPlace, type Place } from './place.ts';
import { planSync, type SyncPlan, type WantedServer } from './plan.ts';
import { readRecord, type SyncMode, type SyncRecord } from './record.ts';
import { findRunning, runningExecutables } from './running.ts';
import { findTargets } from './targets.ts';

/** The servers of one manifest, as far as clients are concerned. */
export interface ServerSource {
  /** Project folder; undefined for the user's manifest. */
  readonly project?: string;
  readonly servers: ReadonlyMap<string, ServerEntry>;
  /** Entries that cannot be used; what clients have of them stays. */
  readonly broken: ReadonlyMap<string, string>;
}

export interface SurveyOptions {
  readonly platform: NodeJS.Platform;
  readonly env: Env;
  readonly paths: Paths;
  readonly launcher: Launcher;
  readonly manifests: { readonly user: ServerSource; readonly project?: ServerSource };
  /** Ids of clients, detected or not; every detected client when undefined. */
  readonly clients?: readonly string[];
  /** Both by default; the project's only inside a project. */
  readonly scopes?: readonly Scope[];
  readonly mode?: SyncMode;
  readonly force?: boolean;
  /** The program or URL `--direct` writes for a server of the user's. */
  readonly launch: (name: string, entry: ServerEntry) => Promise<ClientEntry> | ClientEntry;
}

/** What there is on the machine and what sync would do about it. Nothing is changed. */
export interface Survey {
  readonly place: Place;
  /** Every known client, or the named ones. */
  readonly detections: readonly Detection[];
  /** The clients the plan covers. */
  readonly chosen: readonly ClientAdapter[];
  readonly plan: SyncPlan;
  readonly record: SyncRecord;
  /** Chosen clients that know no files of a project, so they do not get the servers of this one. */
  readonly withoutProject: readonly ClientAdapter[];
}

/** Throws CLIENT_UNKNOWN for an id that does not exist, CLIENT_RECORD_BROKEN. */
export async function surveyClients(options: SurveyOptions): Promise<Survey> {
  const { platform, paths, manifests, mode, force } = options;
  const scopes = (options.scopes ?? ['user', 'project']).filter(
    (scope) => scope === 'user' || manifests.project,
  );
  const place = await findPlace(options);
  const known = options.clients ? clientsNamed(options.clients) : CLIENTS;
  const detections = await detectClients(known, place);
  const chosen = options.clients
    ? known
    : detections.flatMap(({ client, isInstalled }) => (isInstalled ? [client] : []));
  const targets = await Promise.all(
    scopes.map((scope) => findTargets({ clients: chosen, scope, place, exists })),
  );
  const files = await readTargets(targets.flat());
  const readers = files.flatMap(({ clients }) => clients);
  const [record, running] = await Promise.all([
    readRecord(paths, joinOf(platform)),
    findRunning(readers, () => runningExecutables(platform)),
  ]);
  const plan = await planSync({
    files,
    wanted: { user: wantedOf('user', options), project: wantedOf('project', options) },
    kept: new Set([...manifests.user.broken.keys(), ...(manifests.project?.broken.keys() ?? [])]),
    record,
    platform,
    running,
    ...(mode && { mode }),
    ...(force !== undefined && { force }),
  });
  const isAsked = scopes.includes('project') && (manifests.project?.servers.size ?? 0) > 0;
  const withoutProject = isAsked
    ? chosen.filter((client) => client.locations(place).project === undefined)
    : [];
  return { place, detections, chosen, plan, record, withoutProject };
}

/** The path functions of a platform. */
export function joinOf(platform: NodeJS.Platform): (...parts: string[]) => string {
  return platform === 'win32' ? win32.join : posix.join;
}

/** @throws CLIENT_NONE_FOUND when the survey found no client to write to. */
export function requireClients({ chosen }: Survey): void {
  if (chosen.length > 0) return;
  throw new McpctlError('CLIENT_NONE_FOUND', 'No AI client was found on this machine.', {
    hint: `Install one, or name one whose file is to be written: mcpctl sync --client ${CLIENTS[1]?.id}`,
  });
}

async function findPlace({ platform, env, paths, manifests }: SurveyOptions): Promise<Place> {
  const project = manifests.project?.project;
  const place = createPlace({ platform, env, paths, ...(project !== undefined && { project }) });
  return { ...place, packages: await readPackages(place) };
}

function wantedOf(scope: Scope, { manifests, launcher, env, launch }: SurveyOptions): WantedServer[] {
  const enabled = [...(manifests[scope]?.servers ?? [])].filter(([, entry]) => entry.disabled !== true);
  return enabled.map(([name, entry]) => ({
    name,
    managed: managedEntry({ name, scope, launcher, env }),
    // A project's file is shared, so nothing of this machine may stand in it.
    direct: () => (scope === 'project' ? fromManifest(entry) : launch(name, entry)),
  }));
}
