import { createHash } from 'node:crypto';
import { McpctlError } from '../../core/errors.ts';
import { parseServerDocument, type ServerDocument } from '../document.ts';
import type { HostedFile } from '../events.ts';
import type { KnownServer, KnownServers } from '../known-servers.ts';
import type { Artifacts, RegistryStore } from '../store/store.ts';
import { entryOf } from './entry.ts';
import { type ApiAnswer, type ApiRequest, json, Refusal } from './exchange.ts';
import { CLOSE, INSTALL, OWNERS, RATING, readFields, readJson, STATUS_CHANGE } from './fields.ts';
import { requireOwner, signedIn } from './rights.ts';

export interface Writing {
  readonly store: RegistryStore;
  readonly now: () => Date;
}

/** `POST /v0.1/publish` */
export async function publish(request: ApiRequest, { store, now }: Writing): Promise<ApiAnswer> {
  const principal = await signedIn(request);
  const document = documentIn(await readJson(request));
  const hosted = await hostedFiles(document, store.artifacts);
  const { name, version } = document;
  const known = await store.change((before) => {
    const server = before.find(name);
    requireOwner(principal, name, server);
    if (server && server.name !== name)
      throw new Refusal(409, `There is ${server.name}, which differs in case only`);
    if (server?.versions.some((one) => one.version === version)) {
      throw new Refusal(
        409,
        `${name} ${version} is published; a version never changes, so give it a new one`,
      );
    }
    return { kind: 'published', at: now().toISOString(), by: principal.name, document, hosted };
  });
  return answerWith(known, name, version, request.base);
}

function documentIn(body: unknown): ServerDocument {
  try {
    return parseServerDocument(body, 'The body');
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    throw new Refusal(400, error.message);
  }
}

const HOSTED = /\/artifacts\/([0-9a-f]{64})\/([A-Za-z0-9][A-Za-z0-9._-]{0,199})$/;

/** Files of ours the document names, by whatever address we had then. */
async function hostedFiles({ packages = [] }: ServerDocument, artifacts: Artifacts): Promise<HostedFile[]> {
  const hosted: HostedFile[] = [];
  for (const [index, { identifier, fileSha256 }] of packages.entries()) {
    const [, sha256, file] = HOSTED.exec(identifier) ?? [];
    if (sha256 === undefined || file === undefined || !(await artifacts.has(sha256))) continue;
    if (fileSha256 !== sha256)
      throw new Refusal(400, `packages.${index}.fileSha256 is not the sum of ${file}`);
    hosted.push({ package: index, sha256, file });
  }
  return hosted;
}

/** `PATCH …/versions/{version}/status`, and without a version for all at once. */
export async function changeStatus(
  request: ApiRequest,
  { store, now }: Writing,
  { name, version }: { readonly name: string; readonly version?: string },
): Promise<ApiAnswer> {
  const principal = await signedIn(request);
  const { status, statusMessage, replacement } = await readFields(request, STATUS_CHANGE);
  if (replacement?.toLowerCase() === name.toLowerCase())
    throw new Refusal(400, 'A server cannot replace itself');
  const known = await store.change((before) => {
    const server = found(before, name);
    requireOwner(principal, server.name, server);
    const meant = server.versions.filter((one) => version === undefined || one.version === version);
    if (meant.length === 0) throw new Refusal(404, 'Server version not found');
    const isSame = meant.every(
      (one) =>
        one.status === status && one.statusMessage === statusMessage && one.replacement === replacement,
    );
    if (isSame) throw new Refusal(400, `No changes to apply: status is already ${status}`);
    return {
      kind: 'status',
      at: now().toISOString(),
      by: principal.name,
      name: server.name,
      ...(version !== undefined && { version }),
      status,
      ...(statusMessage !== undefined && { message: statusMessage }),
      ...(replacement !== undefined && { replacement }),
    };
  });
  if (version !== undefined) return answerWith(known, name, version, request.base);
  const server = found(known, name);
  const servers = server.versions.map((one) => entryOf(server, one, request.base));
  return json({ updatedCount: servers.length, servers });
}

/** `PUT /v0.1/x/mcpctl/servers/{name}/rating`: one of each principal, the last counts. */
export async function rate(request: ApiRequest, { store, now }: Writing, name: string): Promise<ApiAnswer> {
  const principal = await signedIn(request);
  const { stars } = await readFields(request, RATING);
  const known = await store.change((before) => {
    const server = found(before, name);
    return { kind: 'rated', at: now().toISOString(), by: principal.name, name: server.name, stars };
  });
  return json({ rating: found(known, name).rating ?? {} });
}

/** `PUT /v0.1/x/mcpctl/servers/{name}/owners` */
export async function changeOwners(
  request: ApiRequest,
  { store, now }: Writing,
  name: string,
): Promise<ApiAnswer> {
  const principal = await signedIn(request);
  const owners = [...new Set((await readFields(request, OWNERS)).owners)];
  const known = await store.change((before) => {
    const server = found(before, name);
    requireOwner(principal, server.name, server);
    return { kind: 'owners', at: now().toISOString(), by: principal.name, name: server.name, owners };
  });
  return json({ owners: found(known, name).owners });
}

/** Nobody has to show a token for it, so what it can fill is bounded. */
const MOST_COUNTED = 20_000;

/** `POST /v0.1/x/mcpctl/servers/{name}/versions/{version}/installs`, from those who chose to tell. */
export async function countInstall(
  request: ApiRequest,
  { store, now }: Writing,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<ApiAnswer> {
  const { by } = await readFields(request, INSTALL);
  const known = await store.change((before) => {
    const server = found(before, name);
    if (!server.versions.some((one) => one.version === version))
      throw new Refusal(404, 'Server version not found');
    if (server.hasInstalled(by) || server.installs >= MOST_COUNTED) return undefined;
    return { kind: 'installed', at: now().toISOString(), by, name: server.name, version };
  });
  return json({ installs: found(known, name).installs });
}

/** Above what mcpctl itself takes as a bundle nobody could install it. */
const LARGEST_FILE = 128 * 1024 * 1024;

/** `PUT /artifacts/{sha256}/{file}` */
export async function saveArtifact(
  request: ApiRequest,
  { store }: Writing,
  sha256: string,
): Promise<ApiAnswer> {
  const principal = await signedIn(request);
  if (principal.namespaces.length === 0)
    throw new Refusal(403, `The token ${principal.name} may not publish`);
  const bytes = await request.body(LARGEST_FILE);
  if (bytes === 'too-large') throw new Refusal(413, 'The file is larger than 128 MiB', CLOSE);
  if (bytes === 'cut-off') throw new Refusal(400, 'The file was cut off');
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Refusal(400, 'The file does not have the SHA-256 in its address');
  }
  await store.artifacts.save(sha256, bytes);
  return json({ sha256 }, 201);
}

/** @throws Refusal */
export function found(known: KnownServers, name: string): KnownServer {
  const server = known.find(name);
  if (server) return server;
  throw new Refusal(404, 'Server not found');
}

function answerWith(known: KnownServers, name: string, version: string, base: string): ApiAnswer {
  const server = found(known, name);
  const one = server.versions.find((each) => each.version === version);
  if (!one) throw new Refusal(404, 'Server version not found');
  return json(entryOf(server, one, base));
}
