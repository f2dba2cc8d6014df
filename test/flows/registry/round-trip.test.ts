import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson, temporaryFolder } from '../../support/cli.ts';
import { writeSettings } from '../../support/gateway.ts';
import { serveHttp } from '../../support/http-server.ts';
import {
  echoManifest,
  publishAt,
  send,
  serverDocument,
  serverFolder,
  type TestRegistry,
  type TestServerFolder,
  withRegistry,
} from '../../support/registry.ts';
import { fixturePath } from '../../support/servers.ts';

const LISTING = 'mcpctl.registry/listing';

let registry: TestRegistry;
let token: string;
withRegistry((made) => {
  ({ registry, token } = made);
});

/** Another HOME, whose settings name the registry. */
async function user(more: Record<string, unknown> = {}): Promise<Home> {
  const home = await emptyHome({ MCPCTL_REGISTRY_TOKEN: token });
  await writeSettings(home, {
    audit: { key: 'none' },
    registries: { own: [{ name: 'acme', url: registry.url, namespaces: ['io.acme/*'] }], ...more },
  });
  return home;
}

async function published(
  name: string,
  options: Parameters<typeof serverFolder>[2] = {},
): Promise<TestServerFolder> {
  const made = await serverFolder(await temporaryFolder(), name, options);
  const { status, stderr } = await mcpctl(['publish', made.folder, '--file', made.bundle], await user());
  expect(status, stderr).toBe(0);
  return made;
}

const add = async (name: string, home: Home, ...flags: string[]) =>
  await mcpctlJson(['add', name, '--yes', ...flags], home);

test('what one machine publishes another finds, adds with the same checksum, and calls', async () => {
  const { sha256 } = await published('io.acme/weather');
  const home = await user({ countInstalls: true });

  const listed = await mcpctlJson(['registry', 'list', 'weath'], home);
  expect(listed.document.data.servers).toMatchObject([
    { name: 'io.acme/weather', version: '1.0.0', registry: 'acme', status: 'active', owners: ['ci'] },
  ]);
  const searched = await mcpctlJson(['search', 'weather', '--source', 'acme'], home);
  expect(searched.document.data.hits).toMatchObject([
    { slug: 'io.acme/weather', source: 'acme', trust: 'own', transports: ['mcpb'] },
  ]);
  const added = await add('io.acme/weather', home);
  expect(added.status, added.stderr).toBe(0);
  expect(added.document.data.added[0]).toMatchObject({
    name: 'weather',
    tools: ['echo', 'env'],
    source: { type: 'mcpb', sha256 },
    notes: expect.arrayContaining([`From the registry acme (${registry.url}).`]),
  });
  const lock = JSON.parse(await readFile(join(home.home, '.config/claude/mcpctl-lock.json'), 'utf8'));
  expect(lock.servers.weather).toMatchObject({ catalog: 'io.acme/weather', source: { sha256 } });
  const called = await mcpctlJson(['call', 'weather', 'echo', 'message=hello'], home);
  expect(JSON.stringify(called.document.data)).toContain('hello');
  const { json } = await send('GET', `${registry.url}/v0.1/servers/io.acme%2Fweather/versions/latest`);
  expect(json._meta[LISTING].installs).toBe(1);
  expect(json.server.packages[0]).toMatchObject({ registryType: 'mcpb', fileSha256: sha256 });
});

test('a bundle that was changed on the registry is refused, and nothing of it stays', async () => {
  const { sha256 } = await published('io.acme/tampered');
  const artifacts = join(registry.home, '.local/share/mcpctl/registry/artifacts', sha256.slice(0, 2), sha256);
  const bytes = await readFile(artifacts);
  bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 1;
  await writeFile(artifacts, bytes);
  const home = await user();
  const added = await add('io.acme/tampered', home);

  expect(added.status).toBe(6);
  expect(added.document.error).toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  await expect(readdir(join(home.home, '.local/share/mcpctl/servers'))).rejects.toThrow('ENOENT');
  await expect(readFile(join(home.home, '.config/claude/claude_desktop_config.json'))).rejects.toThrow(
    'ENOENT',
  );
});

describe('publish', () => {
  test('shows what it would send and sends nothing', async () => {
    const made = await serverFolder(await temporaryFolder(), 'io.acme/dry');
    const { status, document } = await mcpctlJson(
      ['publish', made.folder, '--file', made.bundle, '--dry-run'],
      await user(),
    );

    expect(status).toBe(0);
    expect(document.data).toMatchObject({
      registry: registry.url,
      isDryRun: true,
      file: { sha256: made.sha256 },
    });
    expect((await send('GET', `${registry.url}/v0.1/servers/io.acme%2Fdry/versions/latest`)).status).toBe(
      404,
    );
    expect((await fetch(`${registry.url}/artifacts/${made.sha256}/x.mcpb`)).status).not.toBe(500);
  });

  test('says who made it of what: commit, tools, sum of the bundle', async () => {
    const made = await serverFolder(await temporaryFolder(), 'io.acme/traced');
    const git = async (...args: string[]) => {
      const { execFileSync } = await import('node:child_process');
      return execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
        cwd: made.folder,
        encoding: 'utf8',
      });
    };
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'x');
    const commit = (await git('rev-parse', 'HEAD')).trim();
    await mcpctl(['publish', made.folder, '--file', made.bundle], await user());
    const { json } = await send('GET', `${registry.url}/v0.1/servers/io.acme%2Ftraced/versions/latest`);

    expect(json.server._meta['io.modelcontextprotocol.registry/publisher-provided'].mcpctl).toMatchObject({
      publishedAt: expect.stringMatching(/Z$/),
      commit,
      tools: [expect.stringMatching(/^mcpctl \d/), `node ${process.versions.node}`],
      files: { 'traced-1.0.0.mcpb': made.sha256 },
    });
  });

  test('leaves out packages anybody could publish, for which the bundle stands', async () => {
    const npm = {
      registryType: 'npm',
      identifier: 'acme-not-taken',
      version: '1.0.0',
      transport: { type: 'stdio' },
    };
    const made = await serverFolder(await temporaryFolder(), 'io.acme/alone', { packages: [npm] });
    const home = await user();
    const { document } = await mcpctlJson(['publish', made.folder, '--file', made.bundle], home);
    expect(document.data.leftOut).toEqual(['npm:acme-not-taken']);
    expect(
      document.data.document.packages.map(({ registryType }: { registryType: string }) => registryType),
    ).toEqual(['mcpb']);

    const both = await serverFolder(await temporaryFolder(), 'io.acme/both', { packages: [npm] });
    await mcpctl(['publish', both.folder, '--file', both.bundle, '--keep-packages'], home);
    const added = await add('io.acme/both', await user());
    expect(added.document.data.added[0].source).toMatchObject({ type: 'mcpb', sha256: both.sha256 });
  });

  test('refuses a version twice, a bundle of another version, a namespace of others, and no token', async () => {
    const made = await published('io.acme/twice');
    const home = await user();
    const again = await mcpctlJson(['publish', made.folder, '--file', made.bundle], home);
    expect([again.status, again.document.error?.code]).toEqual([2, 'VERSION_PUBLISHED']);

    const older = await serverFolder(await temporaryFolder(), 'io.acme/twice', { version: '0.9.0' });
    const mixed = await mcpctlJson(['publish', made.folder, '--file', older.bundle], home);
    expect([mixed.status, mixed.document.error?.code]).toEqual([1, 'BUNDLE_INVALID']);

    const foreign = await serverFolder(await temporaryFolder(), 'io.other/x');
    const refused = await mcpctlJson(['publish', foreign.folder, '--file', foreign.bundle], home);
    expect([refused.status, refused.document.error?.code]).toEqual([6, 'NAMESPACE_REFUSED']);

    const { MCPCTL_REGISTRY_TOKEN: _, ...env } = home.env;
    const nobody = await mcpctlJson(['publish', made.folder, '--file', made.bundle], { ...home, env });
    expect([nobody.status, nobody.document.error?.code]).toEqual([4, 'REGISTRY_REFUSED']);
    expect(nobody.stdout + nobody.stderr).not.toContain(token);
  });

  test('packs the bundle of a project by itself', async () => {
    const folder = await temporaryFolder();
    await serverFolder(folder, 'io.acme/packed');
    await rm(join(folder, 'server.mcpb'));
    await mkdir(join(folder, 'server'));
    for (const name of ['echo', 'lib'])
      await copyFile(fixturePath(name), join(folder, 'server', `${name}.mjs`));
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(echoManifest('packed')));
    await writeFile(
      join(folder, 'package.json'),
      '{"name":"packed","version":"1.0.0","bin":"server/echo.mjs"}',
    );
    const published = await mcpctlJson(['publish', folder, '--no-test'], await user());
    expect(published.status, published.stdout + published.stderr).toBe(0);
    const added = await add('io.acme/packed', await user());

    expect(added.document.data.added[0]).toMatchObject({
      tools: ['echo', 'env'],
      source: { type: 'mcpb', sha256: published.document.data.file.sha256 },
    });
  });

  test('tests the server of a project first, and says so in the registry', async () => {
    const sound = await serverFolder(await temporaryFolder(), 'io.acme/sound');
    const start = (defect = ''): string =>
      `process.argv[2] = ${JSON.stringify(defect)} || undefined;\nawait import(${JSON.stringify(fixturePath('defective'))});\n`;
    await writeFile(
      join(sound.folder, 'package.json'),
      '{"name":"sound","version":"1.0.0","bin":"start.mjs"}',
    );
    await writeFile(join(sound.folder, 'start.mjs'), start('has-no-description'));
    const home = await user();
    const words = ['publish', sound.folder, '--file', sound.bundle];
    const refused = await mcpctlJson(words, home);
    expect([refused.status, refused.document.error?.code]).toEqual([1, 'SERVER_TESTS_FAILED']);
    expect(refused.document.error?.message).toContain('tools-described');
    const path = `${registry.url}/v0.1/servers/io.acme%2Fsound/versions/latest`;
    expect((await send('GET', path)).status).toBe(404);

    await writeFile(join(sound.folder, 'start.mjs'), start());
    const published = await mcpctlJson(words, home);
    expect(published.document.data?.tested, published.stderr).toMatch(/^passed, \d+ checks/);
    const provenance = (await send('GET', path)).json.server._meta;
    expect(provenance['io.modelcontextprotocol.registry/publisher-provided'].mcpctl.tested).toMatch(
      /^passed, /,
    );
  });

  test('refuses a document with a secret in it, and does not show it', async () => {
    const secret = ['ghp', 'R2D2c3poQ8vTz5LwKjXn7YbMfUe4AhSd1gVi'].join('_');
    const environmentVariables = [{ name: 'GITHUB_TOKEN', value: secret }];
    const npm = {
      registryType: 'npm',
      identifier: 'x',
      version: '1.0.0',
      transport: { type: 'stdio' },
      environmentVariables,
    };
    const made = await serverFolder(await temporaryFolder(), 'io.acme/leaky', { packages: [npm] });
    const refused = await mcpctl(['publish', made.folder], await user());

    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('github-token');
    expect(refused.stdout + refused.stderr).not.toContain(secret);
  });

  test('takes the token from the secret the settings refer to', async () => {
    const made = await serverFolder(await temporaryFolder(), 'io.acme/secret');
    const { MCPCTL_REGISTRY_TOKEN: _, ...env } = (await user()).env;
    const home = { home: env.HOME ?? '', env: { ...env, ACME_TOKEN: token } };
    await writeSettings(home, {
      registries: { own: [{ name: 'acme', url: registry.url, token: '${ACME_TOKEN}' }] },
    });
    const { status, stderr } = await mcpctl(['publish', made.folder, '--file', made.bundle], home);

    expect(status, stderr).toBe(0);
  });
});

test('who adds a deprecated server is told why and what to use, and one that was taken out is gone', async () => {
  await published('io.acme/old');
  const home = await user();
  const words = ['registry', 'status', 'io.acme/old'];
  const deprecated = await mcpctl(
    [...words, 'deprecated', '--message', 'Too slow.', '--replacement', 'io.acme/new'],
    home,
  );
  expect(deprecated.status, deprecated.stderr).toBe(0);
  const plan = await mcpctl(['add', 'io.acme/old', '--dry-run'], home);
  expect(plan.stderr).toContain('Deprecated by its authors. Too slow. Use instead: mcpctl add io.acme/new');

  await mcpctl([...words, 'deleted', '--message', 'It leaked.'], home);
  const gone = await mcpctlJson(['add', 'io.acme/old', '--dry-run'], home);
  expect(gone.document.error).toMatchObject({
    code: 'PACKAGE_NOT_FOUND',
    message: expect.stringContaining('It leaked.'),
  });
});

test('rates a server and hands it to others', async () => {
  await published('io.acme/liked');
  const home = await user();
  expect((await mcpctl(['registry', 'rate', 'io.acme/liked', '4'], home)).status).toBe(0);
  expect((await mcpctl(['registry', 'rate', 'io.acme/liked', '9'], home)).status).toBe(2);
  const owners = await mcpctlJson(['registry', 'owners', 'io.acme/liked', 'ci', 'team'], home);
  expect(owners.document.data.owners).toEqual(['ci', 'team']);
  const { document } = await mcpctlJson(['registry', 'list', 'liked'], home);
  expect(document.data.servers[0]).toMatchObject({
    owners: ['ci', 'team'],
    rating: { average: 4, count: 1 },
  });
});

describe('with several registries', () => {
  /** A registry of a stranger, who has every name in a greater version. */
  async function stranger(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const { port } = await serveHttp((request, response) => {
      const name = decodeURIComponent(/servers\/([^/]+)\/versions/.exec(request.url ?? '')?.[1] ?? '');
      asked.push(name);
      const server = serverDocument(name, {
        version: '99.0.0',
        remotes: [{ type: 'sse', url: 'https://evil.example/sse' }],
      });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ server, _meta: {} }));
    });
    return { url: `http://127.0.0.1:${port}`, asked };
  }

  test('the first that has a name decides, whatever version others have', async () => {
    const { sha256 } = await published('io.acme/first');
    const evil = await stranger();
    const home = await emptyHome();
    await writeSettings(home, {
      registries: {
        mcp: evil.url,
        own: [
          { name: 'acme', url: registry.url },
          { name: 'second', url: evil.url },
        ],
      },
    });
    const { document } = await mcpctlJson(['add', 'io.acme/first', '--dry-run'], home);

    expect(document.data.plans[0].source).toMatchObject({ type: 'mcpb', sha256 });
    expect(evil.asked).toEqual([]);
    const missing = await mcpctlJson(['add', 'io.nobody/x', '--dry-run'], home);
    expect(missing.document.data.plans[0].source).toMatchObject({ url: 'https://evil.example/sse' });
  });

  test('a name of a pinned namespace comes from there or from nowhere', async () => {
    const evil = await stranger();
    const home = await emptyHome();
    const pinned = { name: 'acme', url: registry.url, namespaces: ['io.acme/*'] };
    await writeSettings(home, {
      registries: { mcp: evil.url, own: [{ name: 'evil', url: evil.url }, pinned] },
    });
    for (const name of ['io.acme/not-published', 'IO.ACME/not-published']) {
      const { status, document } = await mcpctlJson(['add', name, '--dry-run'], home);
      expect([status, document.error?.code]).toEqual([1, 'PACKAGE_NOT_FOUND']);
      expect(document.error?.hint).toContain('come from acme alone');
    }
    expect(evil.asked).toEqual([]);
  });

  test('one that does not answer stops the search, or a stranger would come in its place', async () => {
    const evil = await stranger();
    const home = await emptyHome();
    await writeSettings(home, {
      registries: { mcp: evil.url, own: [{ name: 'down', url: 'http://127.0.0.1:1' }] },
    });
    const { status, document } = await mcpctlJson(['add', 'io.acme/weather', '--dry-run'], home);

    expect([status, document.error?.code]).toEqual([5, 'NETWORK_UNREACHABLE']);
    expect(evil.asked).toEqual([]);
  });

  test('a project names none that is asked before those of the user', async () => {
    const evil = await stranger();
    const home = await user();
    await published('io.acme/guarded');
    const project = join(home.home, 'project');
    await mkdir(join(project, '.git'), { recursive: true });
    await writeFile(
      join(project, '.mcpctlrc.json'),
      JSON.stringify({
        registries: { own: [{ name: 'evil', url: evil.url, token: '${MCPCTL_REGISTRY_TOKEN}' }] },
      }),
    );
    const { document } = await mcpctlJson(['add', 'io.acme/guarded', '--dry-run'], { ...home, cwd: project });

    expect(document.data.plans[0].source.type).toBe('mcpb');
    expect(evil.asked).toEqual([]);
  });

  test('connect puts one into the settings once it has answered', async () => {
    const home = await emptyHome();
    const words = ['registry', 'connect', `${registry.url}/`, '--name', 'acme', '--namespace', 'io.acme/*'];
    const { document, stderr } = await mcpctlJson(words, home);
    expect(document.data, stderr).toMatchObject({
      order: ['acme'],
      written: true,
      servers: expect.any(Number),
    });
    const settings = JSON.parse(await readFile(join(home.home, '.config/mcpctl/config.json'), 'utf8'));
    expect(settings.registries.own).toEqual([{ name: 'acme', url: registry.url, namespaces: ['io.acme/*'] }]);

    const literal = ['s3cr3t', 'of', 'acme'].join('-');
    const shown = await mcpctl(['registry', 'connect', registry.url, '--token', literal], home);
    expect([shown.status, shown.stderr.includes(literal)]).toEqual([2, false]);
    const wrong = await mcpctlJson(['registry', 'connect', 'http://127.0.0.1:1'], home);
    expect(wrong.document.error?.code).toBe('NETWORK_UNREACHABLE');
  });
});

test('info shows what a registry says of a server before it is added', async () => {
  await publishAt(registry.url, token, serverDocument('io.acme/known', { title: 'Known' }));
  const { document, stderr } = await mcpctlJson(['info', 'io.acme/known'], await user());

  expect(document.data.registry, stderr).toMatchObject({
    name: 'io.acme/known',
    version: '1.0.0',
    registry: 'acme',
    owners: ['ci'],
    status: 'active',
  });
});
