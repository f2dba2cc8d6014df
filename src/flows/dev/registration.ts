import { rm } from 'node:fs/promises';
import type { Context } from '../../cli/context.ts';
import { applySync } from '../../clients/apply.ts';
import type { TargetFile } from '../../clients/files.ts';
import { surveyClients } from '../../clients/survey.ts';
import { isRecord } from '../../core/json.ts';
import { readTextFile } from '../../documents/read.ts';
import { removeBareManifest, removeServer, setServer } from '../../manifest/edit.ts';
import type { ServerEntry } from '../../manifest/entry.ts';
import { readManifest } from '../../manifest/manifest.ts';
import { directEntry } from '../../servers/direct-entry.ts';
import { applyPorts } from '../clients/clients-survey.ts';

/** A server that stands in the manifest, and in clients, for as long as a `dev` runs. */
export interface Registered {
  readonly server: string;
  /** Ids of the clients that were named. */
  readonly clients: readonly string[];
  /** Files of clients that were not there before. */
  readonly created: readonly string[];
}

/** Puts a server into the user's manifest and into the named clients; returns the files of clients that were written. */
export async function putIn(
  { server, clients }: Pick<Registered, 'server' | 'clients'>,
  entry: ServerEntry,
  context: Context,
): Promise<TargetFile[]> {
  const { paths, now, signal } = context;
  await setServer({ path: paths.manifest, scope: 'user', name: server, entry, paths, now, signal });
  if (clients.length === 0) return [];
  return await tellClients(server, entry, { clients, context });
}

/** Takes it out of the manifest, of the named clients, and of every other that has it from a sync meanwhile. */
export async function takeOut({ server, clients, created }: Registered, given: Context): Promise<void> {
  // What has to be put right is put right although the process was told to end.
  const context = { ...given, signal: new AbortController().signal };
  const { paths, now, signal } = context;
  await context.critical.run(async () => {
    await removeServer({ path: paths.manifest, scope: 'user', name: server, paths, now, signal });
    await removeBareManifest(paths.manifest);
    if (clients.length > 0) await tellClients(server, undefined, { clients, context });
    await tellClients(server, undefined, { context });
    for (const path of created) await removeEmpty(path);
  });
}

/** Writes that one server alone: whatever else a sync would do is left to a sync. */
async function tellClients(
  server: string,
  entry: ServerEntry | undefined,
  { clients, context }: { readonly clients?: readonly string[]; readonly context: Context },
): Promise<TargetFile[]> {
  const { platform, env, paths, program, output } = context;
  const { servers, broken } = await readManifest(paths.manifest, 'user');
  const others = [...servers.keys(), ...broken.keys()].filter((name) => name !== server);
  const { plan } = await surveyClients({
    platform,
    env,
    paths,
    launcher: program,
    launch: (name, one) => directEntry(name, one, context),
    scopes: ['user'],
    manifests: {
      user: {
        servers: new Map(entry ? [[server, entry]] : []),
        // Entries that cannot be used stay in clients as they are, and so shall all the others.
        broken: new Map(others.map((name) => [name, 'left alone'])),
      },
    },
    ...(clients && { clients }),
  });
  const own = plan.files.filter(({ changes }) => changes.some((change) => change.server === server));
  const { written, failed } = await applySync({ files: own }, applyPorts(context));
  for (const { problem } of failed) output.warn(problem.message);
  for (const { isBlocked, problems } of own)
    if (isBlocked) for (const { message } of problems) output.warn(message);
  return written.map(({ file }) => file);
}

/** Deletes a file that holds nothing but an empty list of servers. */
async function removeEmpty(path: string): Promise<void> {
  const { exists, text } = await readTextFile(path);
  const held = exists && parsed(text);
  const isEmpty =
    isRecord(held) && Object.values(held).every((one) => isRecord(one) && Object.keys(one).length === 0);
  if (isEmpty) await rm(path, { force: true });
}

/** Undefined for what is no JSON: somebody else wrote it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
