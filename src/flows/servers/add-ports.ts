import { rm } from 'node:fs/promises';
import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { applySync } from '../../clients/apply.ts';
import { createRedactor } from '../../core/redaction.ts';
import { createKnownTools } from '../../gateway/servers/known-tools.ts';
import { prepareLaunch } from '../../gateway/servers/server-target.ts';
import { removeServer, setServer } from '../../manifest/edit.ts';
import type { ServerEntry } from '../../manifest/entry.ts';
import { lockPath, readLock, updateLock } from '../../manifest/lock.ts';
import type { Lock, LockEntry } from '../../manifest/lock-schema.ts';
import { type Manifest, readManifest } from '../../manifest/manifest.ts';
import type { Scope } from '../../manifest/scopes.ts';
import { hiddenInTools } from '../../mcp/hidden-in-tools.ts';
import { verifyServer } from '../../mcp/verify-server.ts';
import type { Resolver } from '../../secrets/resolve.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import type { SecretStore } from '../../secrets/secret-reader.ts';
import { removeSecret, storeSecret } from '../../secrets/store-secret.ts';
import type { AddPorts, Undo, Verification } from '../../servers/add/ports.ts';
import { type AddSignIns, createAddSignIns } from '../auth/add-sign-in.ts';
import { applyPorts, surveyOf } from '../clients/clients-survey.ts';

export interface ScopeTarget {
  readonly scope: Scope;
  /** Absolute path of the manifest. */
  readonly path: string;
  /** Folder whose `.env` counts. */
  readonly project?: string;
  /** Where typed secrets go. */
  readonly store: SecretStore;
}

export interface AddTarget extends ScopeTarget {
  /** Ids of clients to tell, installed or not; every one found when undefined. */
  readonly clients?: readonly string[];
  /** Milliseconds a server gets to start and answer its check. */
  readonly startMs: number;
  /** Accepts every permission a sign-in asks for. */
  readonly yes: boolean;
}

const KEPT_VERSIONS = 5;

/** What `addServers` needs, made of the other parts. */
export function addPorts(context: Context, target: AddTarget): AddPorts {
  const signIns = createAddSignIns(context, target);
  return {
    runSteps: (steps) => runTasks(steps, context),
    verify: (server) => verify(server, { context, target, signIns }),
    signIn: (server, handle) => signIns.signIn(server, handle),
    writeEntry: (name, entry) => writeEntry(name, entry, context, target),
    writeLock: (name, entry) => writeLock(name, entry, context, target),
    storeSecret: ({ name }, value) => keepSecret(name, value, context, target),
    syncClients: () => syncClients(context, target),
  };
}

/** Looks values up as `run` does. */
export function scopedResolver(context: Context, { scope, project }: ScopeTarget, server?: string): Resolver {
  return resolverFor(context, {
    scope,
    ...(project !== undefined && { projectFolder: project }),
    ...(server !== undefined && { server }),
  });
}

async function keepSecret(name: string, value: string, context: Context, target: ScopeTarget): Promise<Undo> {
  const projectFolder = target.project ?? context.cwd;
  const { store } = target;
  const { notes } = await storeSecret(context, { name, value, store, projectFolder, signal: context.signal });
  for (const note of notes) context.output.note(note);
  return async () => {
    await removeSecret(context, { name, projectFolder });
  };
}

interface Verifying {
  readonly context: Context;
  readonly target: AddTarget;
  readonly signIns: AddSignIns;
}

async function verify(
  { name, launch, firstCall }: Parameters<AddPorts['verify']>[0],
  { context, target, signIns }: Verifying,
): Promise<Verification> {
  const { env, platform, signal, program, cwd } = context;
  const { scope, project: projectFolder } = target;
  const resolved = await prepareLaunch({
    name,
    scope,
    launch,
    machine: context,
    ...(projectFolder && { projectFolder }),
  });
  const { authorize, secrets = [] } = signIns.of(name) ?? {};
  const redact = createRedactor([...resolved.secrets, ...secrets]);
  const begun = performance.now();
  const {
    protocolVersion,
    hash,
    toolHashes,
    tools,
    firstCall: called,
  } = await verifyServer({
    server: name,
    target: resolved.target,
    env,
    platform,
    client: { name: 'mcpctl', version: program.version },
    cwd,
    timeoutMs: target.startMs,
    ...(firstCall && { firstCall }),
    ...(authorize && { authorize }),
    signal,
    redact,
  });
  const hidden = hiddenInTools(tools);
  await createKnownTools(context.paths.cache).write(name, tools);
  return {
    tools: { protocolVersion, hash, tools: toolHashes },
    ...(hidden.length > 0 && { hidden }),
    duration: Math.round(performance.now() - begun),
    ...(called && {
      firstCall: { tool: called.tool, isError: called.isError, text: redact(textOf(called.result.content)) },
    }),
  };
}

/** The first text of a tool result, on one line and short. */
function textOf(content: unknown): string {
  const parts = Array.isArray(content) ? content : [];
  const found = parts.find((part) => typeof part === 'object' && part !== null && 'text' in part) as
    | { text?: unknown }
    | undefined;
  const line = String(found?.text ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

async function writeEntry(
  name: string,
  entry: ServerEntry,
  context: Context,
  target: ScopeTarget,
): Promise<Undo> {
  const edit = { ...target, name, paths: context.paths, now: context.now };
  const { exists, servers } = await readManifest(target.path, target.scope);
  const former = servers.get(name);
  await setServer({ ...edit, entry, signal: context.signal });
  return async () => {
    if (former) await setServer({ ...edit, entry: former });
    else await removeServer(edit);
    if (!exists) await removeIfBare(await readManifest(target.path, target.scope));
  };
}

async function removeIfBare({ path, servers, broken }: Manifest): Promise<void> {
  if (servers.size === 0 && broken.size === 0) await rm(path, { force: true });
}

async function writeLock(
  name: string,
  entry: LockEntry,
  context: Context,
  target: ScopeTarget,
): Promise<Undo> {
  const { paths, signal } = context;
  const former = (await readLock(target.path)).servers[name];
  await updateLock(target.path, (lock) => withEntry(lock, name, withPrevious(entry, former)), {
    paths,
    signal,
  });
  return async () => {
    const { servers } = await updateLock(target.path, (lock) => withEntry(lock, name, former), { paths });
    if (Object.keys(servers).length === 0) await rm(lockPath(target.path), { force: true });
  };
}

export function withEntry(lock: Lock, name: string, entry: LockEntry | undefined): Lock {
  const { [name]: _, ...others } = lock.servers;
  return { ...lock, servers: entry ? { ...others, [name]: entry } : others };
}

/** The version before stays known for `rollback`, unless the same one was locked again. */
function withPrevious(entry: LockEntry, former: LockEntry | undefined): LockEntry {
  if (!former) return entry;
  const { previous = [], catalog: _, ...version } = former;
  const isSame = JSON.stringify(former.source) === JSON.stringify(entry.source);
  const kept = isSame ? previous : [version, ...previous];
  return { ...entry, ...(kept.length > 0 && { previous: kept.slice(0, KEPT_VERSIONS) }) };
}

async function syncClients(
  context: Context,
  { scope, clients: chosen }: AddTarget,
): ReturnType<AddPorts['syncClients']> {
  const { plan } = await surveyOf(context, { scopes: [scope], ...(chosen && { clients: chosen }) });
  const { written, failed, undo } = await applySync(plan, applyPorts(context));
  const unwritten = plan.files.filter(({ isBlocked }) => isBlocked);
  const problems = [
    ...unwritten.flatMap(({ problems: found }) => found),
    ...failed.map(({ problem }) => problem),
  ];
  for (const { message } of problems) context.output.warn(message);
  const clients = written.flatMap(({ file }) => file.clients.map(({ title }) => title));
  return { clients: [...new Set(clients)], undo };
}
