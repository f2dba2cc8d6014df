import type { ChosenServer } from '../../manifest/choose.ts';
import { readLock } from '../../manifest/lock.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import type { Scope } from '../../manifest/scopes.ts';
import type { ServerTarget } from '../../mcp/transport.ts';
import type { Paths } from '../../platform/paths.ts';
import { resolverFor, type SecretMachine } from '../../secrets/resolver-for.ts';
import { type Launch, launchOf } from '../../servers/launch.ts';
import { targetOf } from '../../servers/target.ts';

/** The parts of the machine that decide how a server starts; a command's `Context` has them all. */
export interface ServerMachine extends SecretMachine {
  readonly cwd: string;
  readonly paths: Paths;
  readonly program: { readonly node: string; readonly script: string };
  readonly signal?: AbortSignal;
}

/** A server ready to start: no reference left. */
export interface PreparedServer {
  readonly target: ServerTarget;
  /** What must not be printed. */
  readonly secrets: readonly string[];
  /** Remarks for stderr. */
  readonly notes: readonly string[];
  /** Its tools as they are locked. */
  readonly locked?: LockTools;
}

/**
 * Makes a server of a manifest ready: resolves what its entry refers to.
 * @throws INTEGRITY_MISMATCH, SERVER_NOT_INSTALLED and what resolving throws.
 */
export async function prepareServer(
  { server, project, notes }: ChosenServer,
  machine: ServerMachine,
): Promise<PreparedServer> {
  const { paths, program, platform } = machine;
  const { name, entry, scope, manifest } = server;
  const lock = await readLock(manifest);
  const { node } = program;
  const launch = launchOf({ name, entry, lockEntry: lock.servers[name], paths, node, platform });
  const prepared = await prepareLaunch({
    name,
    scope,
    launch,
    machine,
    ...(project !== undefined && { projectFolder: project }),
  });
  const locked = lock.servers[name]?.tools;
  return { ...prepared, notes: [...notes, ...prepared.notes], ...(locked && { locked }) };
}

export interface LaunchPreparation {
  readonly name: string;
  /** Of the manifest its entry stands in. */
  readonly scope: Scope;
  readonly launch: Launch;
  readonly machine: ServerMachine;
  /** Folder whose `.env` counts. */
  readonly projectFolder?: string;
}

/** Resolves the references of a launch; a value from the process environment opens neither `.env` nor keychain. */
export async function prepareLaunch(preparation: LaunchPreparation): Promise<PreparedServer> {
  const { name, scope, launch, machine, projectFolder } = preparation;
  const { env, platform, signal } = machine;
  const resolver = resolverFor(machine, { scope, server: name, ...(projectFolder && { projectFolder }) });
  const secrets: string[] = [];
  const target = await targetOf(launch, { env, platform }, async (values) => {
    const resolved = await resolver.resolve(values, signal);
    secrets.push(...resolved.secrets);
    return resolved.values;
  });
  return { target, secrets, notes: launch.notes };
}
