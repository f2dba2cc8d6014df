import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { LISTING_META, OFFICIAL_META } from '../core/registry-names.ts';
import type { Fetch } from '../platform/fetch.ts';
import { failureOf, invalidAnswer, LONGEST_ANSWER, parseAnswer, saidIn } from './answer.ts';
import type { Listing, OfficialMeta } from './api/entry.ts';
import type { ServerDocument } from './document.ts';
import type { Status } from './events.ts';

export interface RegistryClientOptions {
  /** Without `/v0.1` and without a slash at the end. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly signal?: AbortSignal;
  /** Bearer token; never shown. */
  readonly token?: string;
}

/** A version as some registry lists it; what other registries leave out is absent. */
export interface ListedServer {
  readonly server: ServerDocument;
  readonly official: Partial<OfficialMeta>;
  readonly listing: Partial<Listing>;
}

export interface StatusChange {
  readonly status: Status;
  readonly statusMessage?: string;
  readonly replacement?: string;
}

/** One registry, by its API. Every method throws REGISTRY_REFUSED, REGISTRY_INVALID and what the network does. */
export interface RegistryClient {
  /** Latest versions, at most so many. */
  list(options: { readonly search?: string; readonly most: number }): Promise<ListedServer[]>;
  /** The latest version; undefined when the registry does not have the server. */
  find(name: string): Promise<ListedServer | undefined>;
  /** @throws VERSION_PUBLISHED when there is that version. */
  publish(document: ServerDocument): Promise<ListedServer>;
  /** Returns the address of the file. */
  upload(file: {
    readonly sha256: string;
    readonly name: string;
    readonly bytes: Uint8Array;
  }): Promise<string>;
  changeStatus(name: string, version: string | undefined, change: StatusChange): Promise<void>;
  changeOwners(name: string, owners: readonly string[]): Promise<string[]>;
  rate(name: string, stars: number): Promise<void>;
  countInstall(name: string, version: string, by: string): Promise<void>;
}

const PAGE = 100;
const UPLOAD_MS = 600_000;

export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { url, token } = options;
  const send = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> =>
    await ask(options, method, path, {
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const own = (name: string): string => `/v0.1/x/mcpctl/servers/${encodeURIComponent(name)}`;
  const shared = (name: string): string => `/v0.1/servers/${encodeURIComponent(name)}`;
  return {
    async list({ search, most }) {
      const found: ListedServer[] = [];
      for (let cursor: string | undefined; found.length < most; ) {
        const query = new URLSearchParams({
          version: 'latest',
          limit: String(Math.min(PAGE, most - found.length)),
          ...(search && { search }),
          ...(cursor !== undefined && { cursor }),
        });
        const { servers, metadata } = await send('GET', `/v0.1/servers?${query}`);
        if (!Array.isArray(servers)) throw invalidAnswer(url);
        found.push(...servers.map((one) => listed(one, url)));
        cursor = isRecord(metadata) && metadata.nextCursor ? String(metadata.nextCursor) : undefined;
        if (cursor === undefined) break;
      }
      // Registries made of files give everything, whatever is asked.
      const fits = ({ server }: ListedServer): boolean =>
        server.name.toLowerCase().includes((search ?? '').toLowerCase());
      return found.filter(fits).slice(0, most);
    },
    async find(name) {
      try {
        return listed(await send('GET', `${shared(name)}/versions/latest?include_deleted=true`), url);
      } catch (error) {
        // A registry made of files has a page of its web server for what it has not.
        if (error instanceof McpctlError && error.data?.status === 404) return undefined;
        throw error;
      }
    },
    publish: async (document) => listed(await send('POST', '/v0.1/publish', document), url),
    async upload({ sha256, name, bytes }) {
      const path = `/artifacts/${sha256}/${name}`;
      await ask(options, 'PUT', path, {
        body: Buffer.from(bytes),
        headers: { 'content-type': 'application/octet-stream' },
        timeoutMs: UPLOAD_MS,
      });
      return `${url}${path}`;
    },
    async changeStatus(name, version, change) {
      const place = version === undefined ? '' : `/versions/${encodeURIComponent(version)}`;
      await send('PATCH', `${shared(name)}${place}/status`, change);
    },
    async changeOwners(name, owners) {
      const answer = await send('PUT', `${own(name)}/owners`, { owners });
      return Array.isArray(answer.owners) ? answer.owners.map(String) : [];
    },
    rate: async (name, stars) => void (await send('PUT', `${own(name)}/rating`, { stars })),
    async countInstall(name, version, by) {
      await send('POST', `${own(name)}/versions/${encodeURIComponent(version)}/installs`, { by });
    },
  };

  async function ask(
    { fetch, signal }: RegistryClientOptions,
    method: string,
    path: string,
    init: { body?: string | Buffer; headers?: Record<string, string>; timeoutMs?: number },
  ): Promise<Record<string, unknown>> {
    const response = await fetch(`${url}${path}`, {
      ...init,
      ...(init.body !== undefined && { body: init.body as RequestInit['body'] }),
      method,
      headers: {
        accept: 'application/json',
        ...init.headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      maxBytes: LONGEST_ANSWER,
      ...(signal && { signal }),
    });
    const answer = parseAnswer(await response.text());
    if (response.ok && answer) return answer;
    throw failureOf({ url, status: response.status, said: saidIn(answer), hasToken: token !== undefined });
  }
}

function listed(value: unknown, url: string): ListedServer {
  if (!isRecord(value) || !isRecord(value.server) || typeof value.server.name !== 'string')
    throw invalidAnswer(url);
  const meta = isRecord(value._meta) ? value._meta : {};
  const part = (key: string): Record<string, unknown> => (isRecord(meta[key]) ? meta[key] : {});
  return {
    server: value.server as ServerDocument,
    official: part(OFFICIAL_META),
    listing: part(LISTING_META),
  };
}
