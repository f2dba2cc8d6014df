import { type ApiAnswer, type ApiRequest, Refusal, refused, withTag } from '../api/exchange.ts';
import type { KnownServer, KnownServers } from '../known-servers.ts';
import type { RegistryStore } from '../store/store.ts';
import { page, REGISTRY_PAGE_HEADERS } from './layout.ts';
import { listPage } from './list-page.ts';
import { serverPage } from './server-page.ts';

export interface PageFiles {
  find(name: string): { readonly type: string; readonly bytes: Uint8Array } | undefined;
}

export interface RegistryPagesOptions {
  readonly store: RegistryStore;
  readonly assets: PageFiles;
}

/** The pages people look at. */
export interface RegistryPages {
  /** Undefined for a path that is none of theirs. */
  answer(request: ApiRequest): Promise<ApiAnswer | undefined>;
}

/** Files of a page, by the name it asks for. */
export const PAGE_FILES = ['registry.css', 'icon.svg'] as const;

export function createRegistryPages({ store, assets }: RegistryPagesOptions): RegistryPages {
  return {
    async answer(request) {
      const { method, path, ifNoneMatch } = request;
      const name = PAGE_FILES.find((one) => path === `/${one}`);
      const server = /^\/servers\/([^/]+)\/([^/]+)\/?$/.exec(path);
      if (path !== '/' && name === undefined && !server) return undefined;
      if (method !== 'GET' && method !== 'HEAD') {
        return refused(new Refusal(405, 'Use GET, HEAD', { allow: 'GET, HEAD' }));
      }
      if (name !== undefined) return withTag(fileAnswer(assets.find(name)), ifNoneMatch);
      const known = await store.read();
      if (path === '/') return withTag(html(pageOfList(known, request)), ifNoneMatch);
      const asked = `${decode(server?.[1])}/${decode(server?.[2])}`;
      return withTag(pageOfServer(known.find(asked), request), ifNoneMatch);
    },
  };
}

const AT_ONCE = 50;

function pageOfList(known: KnownServers, { query, base }: ApiRequest): string {
  const search = (query.get('q') ?? '').trim().slice(0, 200);
  const found = listedServers(known).filter((server) => fits(server, search.toLowerCase()));
  const pages = Math.max(1, Math.ceil(found.length / AT_ONCE));
  const asked = Number(query.get('page') ?? 1);
  const number = Number.isSafeInteger(asked) ? Math.min(Math.max(asked, 1), pages) : 1;
  const servers = found.slice((number - 1) * AT_ONCE, number * AT_ONCE);
  return listPage({
    servers,
    root: rootOf(base),
    base,
    search,
    place: { page: number, pages, all: found.length },
  });
}

/** Servers with a version that was not taken out. */
export function listedServers(known: KnownServers): KnownServer[] {
  return known.all().filter(({ latest }) => !latest.isDeleted);
}

function fits({ name, latest }: KnownServer, search: string): boolean {
  const { title = '', description } = latest.document;
  const text = `${name}\n${title}\n${description}`.toLowerCase();
  return search.split(/\s+/).every((word) => text.includes(word));
}

function pageOfServer(server: KnownServer | undefined, { query, base }: ApiRequest): ApiAnswer {
  const asked = query.get('version');
  const version = asked === null ? server?.latest : server?.versions.find((one) => one.version === asked);
  const root = rootOf(base);
  if (server && version && !version.isDeleted)
    return html(serverPage({ server, version, root, base, hasVersions: true }));
  const main = `<h1>There is no such server</h1>\n<p><a href="${root}">All servers</a></p>`;
  return { ...html(page({ title: 'Not found · MCP registry', root, main })), status: 404 };
}

/** A proxy may have the registry below a path of its own. */
function rootOf(base: string): string {
  return URL.canParse(base) ? `${new URL(base).pathname.replace(/\/+$/, '')}/` : '/';
}

function html(text: string): ApiAnswer {
  const headers = { ...REGISTRY_PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' };
  return { status: 200, headers, body: Buffer.from(text) };
}

function fileAnswer(file: ReturnType<PageFiles['find']>): ApiAnswer {
  if (!file) return refused(new Refusal(404, 'There is no such file'));
  const headers = {
    'content-type': file.type,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  };
  return { status: 200, headers, body: file.bytes };
}

function decode(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
