import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/documents/read.ts';
import { removeServer, setServer } from '../../src/manifest/edit.ts';
import { readManifests, requireServer } from '../../src/manifest/manifest.ts';
import { projectManifest } from '../../src/manifest/scopes.ts';
import { createBackups } from '../../src/platform/backups.ts';
import { createPaths } from '../../src/platform/paths.ts';
import { temporaryFolder } from '../support/cli.ts';

async function machine() {
  const home = await temporaryFolder();
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const project = join(home, 'work', 'app');
  await mkdir(join(project, 'src', 'deep'), { recursive: true });
  const put = async (path: string, content: unknown): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  };
  const editing = { paths, now: () => new Date() };
  return { home, paths, project, put, editing };
}

const url = (text: string) => ({ url: `https://${text}.example/mcp` });

describe('reading', () => {
  test('finds the project on the way up, and its entry wins', async () => {
    const { paths, project, put } = await machine();
    await put(paths.manifest, { mcpServers: { a: url('user'), b: url('user') } });
    await put(projectManifest(project), { mcpServers: { b: url('project'), c: url('project') } });

    const manifests = await readManifests({ paths, cwd: join(project, 'src', 'deep') });

    expect([...manifests.servers.values()]).toEqual([
      { name: 'a', entry: url('user'), scope: 'user', manifest: paths.manifest },
      { name: 'b', entry: url('project'), scope: 'project', manifest: projectManifest(project) },
      { name: 'c', entry: url('project'), scope: 'project', manifest: projectManifest(project) },
    ]);
    expect(manifests.project?.project).toBe(project);
  });

  test('never takes a file in the home folder for a project', async () => {
    const { home, paths, project, put } = await machine();
    await put(projectManifest(home), { mcpServers: { a: url('home') } });

    for (const cwd of [project, home]) {
      const manifests = await readManifests({ paths, cwd });
      expect(manifests).toMatchObject({ user: { exists: false } });
      expect(manifests.project).toBeUndefined();
    }
  });

  test('knows the home folder also when HOME is a link to it', async () => {
    const { home, paths, project, put } = await machine();
    await put(projectManifest(home), { mcpServers: { a: url('home') } });
    const link = join(await temporaryFolder(), 'home');
    await symlink(home, link);

    const manifests = await readManifests({ paths, cwd: project, home: link });

    expect(manifests.project).toBeUndefined();
  });

  test('reads comments, trailing commas and a byte order mark', async () => {
    const { paths, put } = await machine();
    await put(
      paths.manifest,
      '\uFEFF{ // mine\n "mcpServers": { "a": { "command": "x", "args": ["//", "/*,]"], }, }, }',
    );

    const { servers } = await readManifests({ paths, cwd: '/' });

    expect(servers.get('a')?.entry).toEqual({ command: 'x', args: ['//', '/*,]'] });
  });

  test('sets a broken entry apart and says why when it is asked for', async () => {
    const { paths, put } = await machine();
    await put(paths.manifest, { mcpServers: { good: url('x'), bad: { command: 'x', args: 'no list' } } });
    const manifests = await readManifests({ paths, cwd: '/' });

    expect(requireServer(manifests, 'good').entry).toEqual(url('x'));
    expect(() => requireServer(manifests, 'bad')).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_INVALID',
        message: expect.stringContaining('"args" is not a list of texts'),
        hint: `mcpctl config validate ${paths.manifest}`,
      }),
    );
    expect(() => requireServer(manifests, 'gone')).toThrow(
      expect.objectContaining({
        code: 'SERVER_UNKNOWN',
        hint: 'Known: good. To add it: mcpctl add gone',
      }),
    );
  });

  test.each([
    ['{ "mcpServers": { "a": }', 'DOCUMENT_INVALID', ':1:24: value expected.'],
    ['[]', 'DOCUMENT_INVALID', ':1:1: the file holds an array, not an object.'],
    ['{ "mcpServers": [] }', 'MANIFEST_INVALID', '"mcpServers" is not an object.'],
  ])('refuses %s', async (text, code, message) => {
    const { paths, put } = await machine();
    await put(paths.manifest, text);

    await expect(readManifests({ paths, cwd: '/' })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test('refuses UTF-16 and bytes that are not UTF-8', async () => {
    const { paths, put } = await machine();
    await put(paths.manifest, '');
    for (const bytes of [Buffer.from('\uFEFF{}', 'utf16le'), Buffer.from([0x7b, 0xff, 0x7d])]) {
      await writeFile(paths.manifest, bytes);
      await expect(readManifests({ paths, cwd: '/' })).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' });
    }
  });
});

describe('writing', () => {
  test('creates the user manifest for its owner only and the project manifest for all', async () => {
    const { paths, project, editing } = await machine();
    const path = projectManifest(project);

    await setServer({ ...editing, path: paths.manifest, scope: 'user', name: 'a', entry: url('a') });
    await setServer({ ...editing, path, scope: 'project', name: 'a', entry: url('a') });

    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ mcpServers: { a: url('a') } });
    expect((await stat(paths.manifest)).mode & 0o777).toBe(0o600);
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  test('changes one entry and no other byte, also through a link', async () => {
    const { home, paths, put, editing } = await machine();
    const text =
      '{\n\t"theme": "dark", // mine\n\t"mcpServers": {\n\t\t"z": { "url": "https://z.example" }\n\t}\n}';
    await put(join(home, 'dotfiles', 'real.json'), text);
    await mkdir(dirname(paths.manifest), { recursive: true });
    await symlink(join(home, 'dotfiles', 'real.json'), paths.manifest);
    const edit = { ...editing, path: paths.manifest, scope: 'user', name: 'new' } as const;

    await setServer({ ...edit, entry: { command: 'x' } });
    const changed = await readFile(paths.manifest, 'utf8');
    const removed = await removeServer(edit);

    expect(changed).toBe(
      '{\n\t"theme": "dark", // mine\n\t"mcpServers": {\n\t\t"z": { "url": "https://z.example" },\n\t\t"new": {\n\t\t\t"command": "x"\n\t\t}\n\t}\n}',
    );
    expect(removed).toMatchObject({ before: changed, after: text, changed: true });
    expect((await lstat(paths.manifest)).isSymbolicLink()).toBe(true);
    expect(await removeServer(edit)).toMatchObject({ changed: false });
    const backups = await createBackups({ folder: paths.backups, now: editing.now }).list(paths.manifest);
    expect(backups.map(({ sha256: saved }) => saved)).toEqual([changed, text].map((one) => sha256(one)));
  });

  test('refuses a bad name for a new server, and keeps an existing unusual one editable', async () => {
    const { paths, put, editing } = await machine();
    await put(paths.manifest, { mcpServers: { 'My Server': url('a') } });
    const edit = { ...editing, path: paths.manifest, scope: 'user', entry: url('b') } as const;

    await expect(setServer({ ...edit, name: 'Other One' })).rejects.toMatchObject({
      code: 'SERVER_NAME_INVALID',
    });
    await expect(setServer({ ...edit, name: 'My Server' })).resolves.toMatchObject({ changed: true });
  });

  test('leaves a broken file as it is', async () => {
    const { paths, put, editing } = await machine();
    await put(paths.manifest, '{ "mcpServers": { "a": { "url": "https://a" } ');
    await chmod(paths.manifest, 0o640);

    await expect(
      setServer({ ...editing, path: paths.manifest, scope: 'user', name: 'b', entry: url('b') }),
    ).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' });
    expect(await readFile(paths.manifest, 'utf8')).toBe('{ "mcpServers": { "a": { "url": "https://a" } ');
  });

  test('loses none of twenty servers written at once', async () => {
    const { paths, editing } = await machine();
    const names = Array.from({ length: 20 }, (_, index) => `server-${index}`);

    await Promise.all(
      names.map((name) =>
        setServer({ ...editing, path: paths.manifest, scope: 'user', name, entry: url(name) }),
      ),
    );

    const { servers } = await readManifests({ paths, cwd: '/' });
    expect([...servers.keys()].sort()).toEqual(names.sort());
  });
});
