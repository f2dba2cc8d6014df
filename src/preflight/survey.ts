import { join } from 'node:path';
import { isRecord } from '../core/json.ts';
import type { ServerEntry } from '../manifest/entry.ts';
import { PROJECT_MANIFEST } from '../platform/paths.ts';
import { proxyUrl } from './checks/machine/proxy.ts';
import { findOnPath } from './executables.ts';
import type { Machine } from './machine.ts';
import { isExempt, type NpmConfig, readNpmConfig } from './npm-config.ts';
import { prepareServer } from './prepare.ts';
import { isLoopback, type Reach, type ReachOptions } from './reach.ts';
import type { ConfiguredServer, Situation } from './situation.ts';

export interface SurveyOptions {
  readonly machine: Machine;
  readonly isOffline: boolean;
  /** Only these servers; all when empty. */
  readonly names: readonly string[];
}

/** Reads what several checks need, each thing at most once. */
export async function createSituation({ machine, isOffline, names }: SurveyOptions): Promise<Situation> {
  const servers = (await readServers(machine)).filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  const npmConfig = once(async () => await readNpmConfig(machine, await findOnPath('npm', machine)));
  return {
    machine,
    servers,
    hasDesktopClients: false,
    isOffline,
    npmConfig,
    registry: once(async () => await reachRegistry(machine, await npmConfig())),
    route: async (url) => await routeTo(url, machine, await npmConfig()),
    prepare: (server, signal) => prepareServer(server, machine, signal),
  };
}

/** Entries of both manifests that can be run; the project's win. What is wrong with a file is for its own check. */
async function readServers({ files, paths, cwd }: Machine): Promise<ConfiguredServer[]> {
  const places = [
    { scope: 'user', manifest: paths.manifest },
    { scope: 'project', manifest: join(cwd, ...PROJECT_MANIFEST) },
  ] as const;
  const servers = new Map<string, ConfiguredServer>();
  for (const { scope, manifest } of places) {
    const value = parsed((await files.read(manifest)) ?? '');
    const entries = isRecord(value) && isRecord(value.mcpServers) ? value.mcpServers : {};
    for (const [name, entry] of Object.entries(entries)) {
      if (isRecord(entry) && (typeof entry.command === 'string' || typeof entry.url === 'string')) {
        servers.set(name, { name, scope, manifest, entry: entry as ServerEntry, lock: undefined });
      }
    }
  }
  return [...servers.values()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function reachRegistry(machine: Machine, config: NpmConfig): Promise<Reach> {
  if (!URL.canParse(config.registry)) {
    return { ok: false, stage: 'dns', code: 'ERR_INVALID_URL', message: 'no address' };
  }
  const url = new URL(config.registry);
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
