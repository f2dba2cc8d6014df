import { dirname } from 'node:path';
import type { ServerSource } from '../clients/survey.ts';
import { McpctlError } from '../core/errors.ts';
import { serversToRun } from '../manifest/choose.ts';
import { readLock } from '../manifest/lock.ts';
import type { Lock } from '../manifest/lock-schema.ts';
import { type Manifest, readManifest } from '../manifest/manifest.ts';
import { findProjectManifest, type Scope } from '../manifest/scopes.ts';
import { openKeychain } from '../secrets/resolver-for.ts';
import { proxyUrl } from './checks/machine/proxy.ts';
import { type Sources, surveyInstalled } from './client-survey.ts';
import type { ConfiguredServer } from './configured-server.ts';
import { findOnPath } from './executables.ts';
import type { Machine } from './machine.ts';
import { isExempt, type NpmConfig, readNpmConfig } from './npm-config.ts';
import { prepareServer, secretMachine } from './prepare.ts';
import { isLoopback, type Reach, type ReachOptions } from './reach.ts';
import type { ManifestState, Reinstall, Situation } from './situation.ts';

export interface SurveyOptions {
  readonly machine: Machine;
  readonly isOffline: boolean;
  /** Only these servers; all when empty. */
  readonly names: readonly string[];
  readonly reinstall?: Reinstall;
}

/** Reads what several checks need, each thing at most once. A broken file becomes a failure in its state. */
export async function createSituation(options: SurveyOptions): Promise<Situation> {
  const { machine, isOffline, names, reinstall } = options;
  const { manifests, servers, sources } = await readConfiguration(machine);
  const unknown = names.filter(
    (name) =>
      !servers.some((server) => server.name === name) &&
      !manifests.some(({ broken }) => broken.includes(name)),
  );
  if (unknown.length > 0) throw unknownServers(unknown, manifests, servers);
  const project = manifests.find(({ scope }) => scope === 'project');
  const projectFolder = project && dirname(dirname(project.path));
  const npm = once(() => findOnPath('npm', machine));
  const npmConfig = once(async () => await readNpmConfig(machine, await npm()));
  const registryAddress = once(
    async () => (await npmConfig()).registry ?? (await askRegistry(machine, await npm())),
  );
  return {
    machine,
    manifests,
    servers: servers.filter(({ name }) => names.length === 0 || names.includes(name)),
    clients: once(() => surveyInstalled(machine, sources)),
    isOffline,
    npmConfig,
    registryAddress,
    registry: once(
      async () => await reachRegistry(machine, await npmConfig(), (await registryAddress()) ?? ''),
    ),
    route: async (url) => await routeTo(url, machine, await npmConfig()),
    openKeychain: once(() => openKeychain(secretMachine(machine))),
    reinstall,
    prepare: (server, signal) => prepareServer({ server, machine, projectFolder, signal }),
  };
}

async function readConfiguration(machine: Machine) {
  const { paths, cwd } = machine;
  const project = await findProjectManifest(cwd, paths.home);
  const read = await Promise.all([
    readState(paths.manifest, 'user'),
    ...(project !== undefined && project !== paths.manifest ? [readState(project, 'project')] : []),
  ]);
  const [user, own] = read.map(({ manifest }) => manifest);
  const locks = new Map(read.map(({ state }) => [state.path, state.lock.servers]));
  // While the user's manifest cannot be read, nobody knows which of the project's servers would run.
  const servers = (user ? serversToRun(user, own) : []).map((server): ConfiguredServer => {
    const { name, scope, manifest } = server;
    const lock = locks.get(manifest) ?? {};
    const hides = scope === 'user' && own?.servers.has(name) ? own.path : undefined;
    return { ...server, hides, lock: Object.hasOwn(lock, name) ? lock[name] : undefined };
  });
  const nothing: ServerSource = { servers: new Map(), broken: new Map() };
  const sources: Sources = { user: user ?? nothing, ...(own && { project: own }) };
  return { manifests: read.map(({ state }) => state), servers, sources };
}

const NO_LOCK: Lock = { lockfileVersion: 1, servers: {} };

async function readState(path: string, scope: Scope): Promise<{ state: ManifestState; manifest?: Manifest }> {
  const failures: McpctlError[] = [];
  const kept = async <T>(value: Promise<T>): Promise<T | undefined> => {
    try {
      return await value;
    } catch (error) {
      if (!(error instanceof McpctlError)) throw error;
      failures.push(error);
      return undefined;
    }
  };
  const manifest = await kept(readManifest(path, scope));
  const lock = (await kept(readLock(path))) ?? NO_LOCK;
  const names = [...(manifest?.servers.keys() ?? [])];
  const broken = [...(manifest?.broken.keys() ?? [])];
  const state = { path, scope, exists: manifest?.exists ?? true, lock, names, broken, failures };
  return { state, ...(manifest && { manifest }) };
}

function unknownServers(
  names: readonly string[],
  manifests: readonly ManifestState[],
  servers: readonly ConfiguredServer[],
): McpctlError {
  const broken = manifests.flatMap(({ failures }) => failures)[0];
  if (broken) return broken;
  const known = servers.map(({ name }) => name).sort();
  return new McpctlError(
    'SERVER_UNKNOWN',
    `There is no server ${names.map((name) => JSON.stringify(name)).join(', ')} in your manifest.`,
    {
      hint: known.length === 0 ? `mcpctl add ${names[0]}` : `Known: ${known.join(', ')}.`,
      data: { servers: names, known },
    },
  );
}

/** Starting npm costs half a second, so its own default is asked for only where nothing else is set. */
async function askRegistry(machine: Machine, npm: string | undefined): Promise<string | undefined> {
  if (npm === undefined) return undefined;
  const { status, stdout } = await machine.execute(npm, ['config', 'get', 'registry'], { timeoutMs: 10_000 });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

async function reachRegistry(machine: Machine, config: NpmConfig, address: string): Promise<Reach> {
  if (!URL.canParse(address)) {
    return { ok: false, stage: 'dns', code: 'ERR_INVALID_URL', message: 'no address' };
  }
  const url = new URL(address);
  return await machine.reach(url, {
    method: 'HEAD',
    timeoutMs: 8_000,
    verifiesCertificates: config.verifiesCertificates,
    ...(await routeTo(url, machine, config)),
  });
}

async function routeTo(
  url: URL,
  machine: Machine,
  config: NpmConfig,
): Promise<Pick<ReachOptions, 'proxy' | 'certificates'>> {
  const address = url.protocol === 'https:' ? config.httpsProxy : config.proxy;
  const isDirect = isLoopback(url.href) || isExempt(url.hostname, config.noProxy);
  const proxy = address && !isDirect ? proxyUrl(address) : undefined;
  const certificates = config.caFile && (await machine.files.read(config.caFile));
  return { ...(proxy && { proxy }), ...(certificates && { certificates }) };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => {
    value ??= read();
    return value;
  };
}
