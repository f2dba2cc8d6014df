import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson, temporaryFolder } from '../../support/cli.ts';
import { writeSettings } from '../../support/gateway.ts';
import { serveHttp } from '../../support/http-server.ts';
import {
  publishAt,
  send,
  serverDocument,
  serverFolder,
  type TestRegistry,
  withRegistry,
} from '../../support/registry.ts';

let registry: TestRegistry;
let token: string;
withRegistry((made) => {
  ({ registry, token } = made);
});

/** A plain file server, as nginx and hosts of git repositories are: a folder is its index, whatever is asked besides. */
async function serveFolder(folder: string): Promise<string> {
  const { port } = await serveHttp(async (request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?', 1)[0] ?? '/');
    const file = join(folder, path);
    try {
      const isFolder = (await stat(file)).isDirectory();
      if (isFolder && !path.endsWith('/')) {
        response.writeHead(301, { location: `${(request.url ?? '').split('?', 1)[0]}/` }).end();
        return;
      }
      const bytes = await readFile(isFolder ? join(file, 'index.html') : file);
      const type = isFolder ? 'text/html' : 'application/octet-stream';
      response.writeHead(200, { 'content-type': type }).end(bytes);
    } catch {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>');
    }
  });
  return `http://127.0.0.1:${port}`;
}

test('files of a registry are read as the registry is: found, added with the same checksum, browsed', async () => {
  const made = await serverFolder(await temporaryFolder(), 'io.acme/static');
  const publisher = { ...registry, env: { ...registry.env, MCPCTL_REGISTRY_TOKEN: token } };
  await mcpctl(['publish', made.folder, '--file', made.bundle, '--registry', registry.url], publisher);
  await publishAt(registry.url, token, serverDocument('io.acme/plain', { title: 'Plain' }));
  const out = await temporaryFolder();
  const url = await serveFolder(out);
  const built = await mcpctlJson(['registry', 'build', '--out', out, '--url', url], registry);
  expect(built.document.data, built.stderr).toMatchObject({ servers: 2, written: true });

  const list = await send('GET', `${url}/v0.1/servers?limit=50&version=latest`);
  expect(list.json.metadata).toEqual({ count: 2 });
  const latest = await send('GET', `${url}/v0.1/servers/io.acme%2Fstatic/versions/latest`);
  expect(latest.json.server.packages[0].identifier).toBe(`${url}/artifacts/${made.sha256}/static-1.0.0.mcpb`);
  const page = await (await fetch(`${url}/servers/io.acme/plain/`)).text();
  expect(page).toContain('<h1>Plain</h1>');
  expect(page).toContain('href="../../../registry.css"');

  const home = await emptyHome();
  await writeSettings(home, { registries: { own: [{ name: 'files', url }] } });
  const found = await mcpctlJson(['registry', 'list', 'stat'], home);
  expect(found.document.data.servers).toMatchObject([{ name: 'io.acme/static', registry: 'files' }]);
  const added = await mcpctlJson(['add', 'io.acme/static', '--yes'], home);
  expect(added.status, added.stderr).toBe(0);
  expect(added.document.data.added[0].source).toMatchObject({ type: 'mcpb', sha256: made.sha256 });
  const missing = await mcpctlJson(['info', 'io.acme/nothing'], home);
  expect(missing.document.ok).toBe(false);
});

test('a later build removes what is gone and nothing else', async () => {
  await publishAt(registry.url, token, serverDocument('io.acme/brief'));
  const out = await temporaryFolder();
  const build = async (...flags: string[]) =>
    await mcpctlJson(['registry', 'build', '--out', out, '--url', 'https://r.example', ...flags], registry);
  await build();
  await writeFile(join(out, 'CNAME'), 'r.example');
  await send('PATCH', `${registry.url}/v0.1/servers/io.acme%2Fbrief/status`, {
    token,
    body: { status: 'deleted' },
  });
  const dry = await build('--dry-run');
  expect(dry.document.data.removed).toContain('servers/io.acme/brief/index.html');
  expect(await readFile(join(out, 'servers/io.acme/brief/index.html'), 'utf8')).toContain('brief');
  await build();

  await expect(stat(join(out, 'servers/io.acme/brief'))).rejects.toThrow('ENOENT');
  expect(await readFile(join(out, 'CNAME'), 'utf8')).toBe('r.example');
});

test('pages of somebody else are not replaced, nor a damaged file given out', async () => {
  const out = await temporaryFolder();
  await writeFile(join(out, 'index.html'), 'mine');
  const words = ['registry', 'build', '--url', 'https://r.example', '--out'];
  const refused = await mcpctlJson([...words, out], registry);
  expect([refused.status, refused.document.error?.code]).toEqual([2, 'FILES_EXIST']);
  expect(await readFile(join(out, 'index.html'), 'utf8')).toBe('mine');

  const made = await serverFolder(await temporaryFolder(), 'io.acme/damaged');
  const publisher = { ...registry, env: { ...registry.env, MCPCTL_REGISTRY_TOKEN: token } };
  await mcpctl(['publish', made.folder, '--file', made.bundle, '--registry', registry.url], publisher);
  await rm(
    join(registry.home, '.local/share/mcpctl/registry/artifacts', made.sha256.slice(0, 2), made.sha256),
  );
  const broken = await mcpctlJson([...words, await temporaryFolder()], registry);
  expect([broken.status, broken.document.error?.code]).toEqual([3, 'REGISTRY_DATA_BROKEN']);
});
