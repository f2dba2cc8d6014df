import { entryOf } from './api/entry.ts';
import { listServers, listVersions } from './api/list.ts';
import type { HostedFile } from './events.ts';
import type { KnownServer, KnownServers } from './known-servers.ts';
import { listPage } from './page/list-page.ts';
import { listedServers, PAGE_FILES, type PageFiles } from './page/registry-pages.ts';
import { serverPage } from './page/server-page.ts';

export interface StaticFile {
  /** Below the folder, with `/` between its parts. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface StaticOptions {
  readonly known: KnownServers;
  readonly assets: PageFiles;
  /** Where the files will be reached, without a slash at the end. */
  readonly base: string;
}

/**
 * A registry as files any web server can give out: the answers of its API at the paths clients ask for, and its pages.
 * Whatever is asked for besides the path is ignored, so the list has the latest versions alone. Files it hosts are
 * named in `hosted`, without their bytes.
 */
export function staticFiles(options: StaticOptions): { files: StaticFile[]; hosted: HostedFile[] } {
  const { known, assets } = options;
  const servers = listedServers(known);
  const files = [...apiFiles(servers, options), ...pageFiles(servers, options)];
  for (const name of PAGE_FILES) {
    const file = assets.find(name);
    if (file) files.push({ path: name, content: file.bytes });
  }
  const hosted = new Map<string, HostedFile>();
  for (const { versions } of servers) {
    for (const { isDeleted, hosted: own } of versions) {
      if (!isDeleted) for (const file of own) hosted.set(`${file.sha256}/${file.file}`, file);
    }
  }
  return { files, hosted: [...hosted.values()] };
}

function apiFiles(servers: readonly KnownServer[], { known, base }: StaticOptions): StaticFile[] {
  const nothing = new URLSearchParams();
  const files: StaticFile[] = [];
  const give = (path: string, answer: object): void => {
    // A folder and a file cannot have one name, so an answer is the index of its folder.
    files.push({ path: `${path}/index.html`, content: `${JSON.stringify(answer)}\n` });
  };
  const all = allLatest(known, base);
  for (const api of ['v0.1', 'v0']) {
    give(`${api}/servers`, { servers: all, metadata: { count: all.length } });
    for (const server of servers) {
      const place = `${api}/servers/${server.name}/versions`;
      give(place, listVersions(server, nothing, base));
      give(`${place}/latest`, entryOf(server, server.latest, base));
      for (const version of server.versions) {
        if (!version.isDeleted) give(`${place}/${version.version}`, entryOf(server, version, base));
      }
    }
  }
  return files;
}

function allLatest(known: KnownServers, base: string): object[] {
  const found: object[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const query = new URLSearchParams({ version: 'latest', limit: '100', ...(cursor && { cursor }) });
    const page = listServers(known, query, base);
    found.push(...page.servers);
    cursor = page.metadata.nextCursor;
  }
  return found;
}

function pageFiles(servers: readonly KnownServer[], { base }: StaticOptions): StaticFile[] {
  const place = { page: 1, pages: 1, all: servers.length };
  return [
    { path: 'index.html', content: listPage({ servers, root: './', base, place }) },
    ...servers.map((server) => ({
      path: `servers/${server.name}/index.html`,
      content: serverPage({ server, version: server.latest, root: '../../../', base, hasVersions: false }),
    })),
  ];
}
