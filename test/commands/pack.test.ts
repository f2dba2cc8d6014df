import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { BUNDLE_MANIFEST, signingFiles, smallProject } from '../support/bundles.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson, temporaryFolder } from '../support/cli.ts';
import { mcpb, said } from '../support/mcpb.ts';

type Files = Parameters<typeof smallProject>[1];

/** A home with the project in `echo`, and what packing it gives. */
async function packed(
  files: Files = {},
  args: readonly string[] = [],
): Promise<
  Home & { folder: string; out: string; document: Awaited<ReturnType<typeof mcpctlJson>>['document'] }
> {
  const home = await emptyHome();
  const folder = join(home.home, 'echo');
  await smallProject(folder, files);
  const { document } = await mcpctlJson(['pack', 'echo', ...args], home);
  return { ...home, folder, out: join(home.home, 'small-echo-1.4.0.mcpb'), document };
}

const namesIn = async (path: string): Promise<string[]> => Object.keys(unzipSync(await readFile(path)));

test('holds what the server needs, without what .mcpbignore and good sense leave out', async () => {
  const { out, document, home, env } = await packed({
    '.mcpbignore': '# ours\n/src/\n*.secret.txt\n!keep.secret.txt\n',
    'src/main.ts': 'source',
    'lib/src/part.mjs': 'export {};',
    'a.secret.txt': 'x',
    'keep.secret.txt': 'x',
    '.env': 'API_TOKEN=1\n',
    '.env.example': 'API_TOKEN=\n',
    'dist/main.mjs.map': '{}',
    'notes.log': '',
    'node_modules/left-over/index.js': '',
    '.git/HEAD': '',
    'old.mcpb': '',
  });

  expect(document, JSON.stringify(document)).toMatchObject({
    ok: true,
    data: { name: 'small-echo', version: '1.4.0', out, written: true, signed: false, warnings: [] },
  });
  expect(await namesIn(out)).toEqual([
    'README.md',
    'dist/main.mjs',
    'keep.secret.txt',
    'lib/src/part.mjs',
    'manifest.json',
    'package.json',
  ]);
  const bytes = await readFile(out);
  expect(document.data.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(document.data.bytes).toBe(bytes.length);

  const added = await mcpctl(['add', out, '--yes', '--no-sync'], { home, env });
  expect(added.stdout, added.stderr).toContain('1 tool: echo');
  const called = await mcpctlJson(['call', 'small-echo-1-4-0', 'echo', 'message=hello'], { home, env });
  expect(called.document.data, JSON.stringify(called.document)).toMatchObject({
    content: [{ text: 'hello' }],
  });
});

test('the same files give the same bytes, whatever their times, modes, and the zone of the clock', async () => {
  const first = await packed({ 'run.sh': '#!/bin/sh\n' }, ['--out', 'a.mcpb']);
  const { home, env, folder } = first;
  await utimes(join(folder, 'README.md'), 1, 1);
  await chmod(join(folder, 'README.md'), 0o600);
  await utimes(join(folder, 'dist'), 1, 1);

  await mcpctlJson(['pack', 'echo', '--out', 'b.mcpb'], { home, env: { ...env, TZ: 'Pacific/Auckland' } });

  const [a, b] = await Promise.all(['a.mcpb', 'b.mcpb'].map((name) => readFile(join(home, name))));
  expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
  await chmod(join(folder, 'run.sh'), 0o755);
  await mcpctlJson(['pack', 'echo', '--out', 'c.mcpb'], { home, env });
  expect((await readFile(join(home, 'c.mcpb'))).equals(a ?? Buffer.alloc(0))).toBe(false);
});

test('the official program reads it', async () => {
  const { out, folder } = await packed();
  const target = join(await temporaryFolder(), 'unpacked');

  expect(await mcpb('validate', join(folder, 'manifest.json'))).toMatchObject({ status: 0 });
  const info = await mcpb('info', out);
  expect(info.status, info.output).toBe(0);
  const unpacked = await mcpb('unpack', out, target);
  expect(unpacked.status, unpacked.output).toBe(0);
  expect((await readdir(target)).sort()).toEqual(['README.md', 'dist', 'manifest.json', 'package.json']);
});

test('--dry-run shows what it would hold, by size, and writes nothing', async () => {
  const { home, env } = await packed({ 'dist/data.bin': '\0'.repeat(4096) }, ['--dry-run']);
  const before = await readdir(home);

  const { stdout, status } = await mcpctl(['pack', 'echo', '--dry-run'], { home, env });

  expect(status).toBe(0);
  expect(stdout).toMatch(/^dist\/ +2 +4\.\d KiB$/m);
  expect(stdout).toContain('would write small-echo-1.4.0.mcpb');
  expect(stdout).toMatch(/SHA-256 [0-9a-f]{64}/);
  expect(await readdir(home)).toEqual(before);
});

const GITHUB_TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;

const KEY = '8sKd93jfLq02mZx7Yw5Tg1Rb';

test.each([
  [
    'a token in its code',
    { 'dist/settings.mjs': `export const token = '${GITHUB_TOKEN}';\n` },
    'dist/settings.mjs:1',
  ],
  [
    'a password in a configuration',
    { 'config.json': '{\n "url": "postgres://ada:Tr0ub4dor-x@db.example/x"\n}' },
    'config.json:2',
  ],
  ['a key in its code', { 'dist/key.mjs': `const apiKey = '${KEY}';\n` }, 'dist/key.mjs:1'],
  ['a key under a quoted name', { 'dist/a.py': `x = {"api_key": "${KEY}"}\n` }, 'dist/a.py:1'],
  ['.env let in by hand', { '.mcpbignore': '!.env\n', '.env': 'X=1\n' }, '.env:1'],
])('%s stops it', async (_, files, place) => {
  const { document, home } = await packed(files);

  expect(document.error).toMatchObject({ code: 'SECRET_IN_BUNDLE', message: expect.stringContaining(place) });
  expect(document.error?.message).not.toContain('ghp_');
  expect((await readdir(home)).filter((name) => name.endsWith('.mcpb'))).toEqual([]);
});

test('code that says what a token looks like is none', async () => {
  const lines = [
    'export const settings = { API_TOKEN: z.string().min(1).optional() };',
    'const key = createSecretKey(readFileSync(path)); const token = request.headers.authorization;',
    "if (settings.API_TOKEN === undefined) throw new ConfigError('MCP_TOKEN is needed to serve over HTTP.');",
  ];
  const { document } = await packed({ 'dist/settings.mjs': lines.join('\n') });

  expect(document.ok, JSON.stringify(document.error)).toBe(true);
});

test('a file that only looks like a secret is let in by name', async () => {
  const files = { 'dist/sample.mjs': `export const sample = '${GITHUB_TOKEN}';\n` };

  const { document, out } = await packed(files, ['--not-secret', 'dist/sample.mjs']);

  expect(document.ok).toBe(true);
  expect(await namesIn(out)).toContain('dist/sample.mjs');
});

test.each([
  ['no manifest', { 'manifest.json': undefined }, 'BUNDLE_INVALID', 'manifest.json'],
  ['no program', { 'dist/main.mjs': undefined }, 'BUNDLE_INVALID', 'dist/main.mjs'],
  ['a program that is left out', { '.mcpbignore': 'dist/\n' }, 'BUNDLE_INVALID', 'dist/main.mjs'],
  [
    'a build that fails',
    { 'package.json': '{"name":"x","bin":"dist/main.mjs","scripts":{"build":"echo no luck && exit 3"}}' },
    'PACK_FAILED',
    'no luck',
  ],
])('%s: is refused, and says why', async (_, files, code, message) => {
  const { document } = await packed(files);

  expect(document.error).toMatchObject({ code, message: expect.stringContaining(message) });
});

test('a link that leads out of the folder is refused', async () => {
  const { folder, home, env } = await packed();
  await writeFile(join(home, 'private.txt'), 'mine');
  await symlink(join(home, 'private.txt'), join(folder, 'linked.txt'));

  const { document } = await mcpctlJson(['pack', 'echo'], { home, env });

  expect(document.error).toMatchObject({
    code: 'BUNDLE_INVALID',
    message: expect.stringContaining('linked.txt'),
  });
});

test('another version in the manifest than in the package is told', async () => {
  const manifest = JSON.stringify({ ...BUNDLE_MANIFEST, version: '2.0.0' });

  const { document } = await packed({ 'manifest.json': manifest }, ['--dry-run']);

  expect(document.data.warnings).toEqual(['manifest.json says version 2.0.0, the package 1.4.0']);
});

test('a signed bundle is read by zip programs and the official one, and says who signed it when it is added', async () => {
  const { cert, key, authority } = await signingFiles();
  const { out, home, env, document } = await packed({}, ['--cert', cert, '--key', key]);
  expect(document.data, JSON.stringify(document)).toMatchObject({ signed: true });

  expect(await said('unzip', ['-t', out])).toMatchObject({ status: 0 });
  const python =
    'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))';
  expect(await said('python3', ['-c', python, out])).toEqual({ status: 0, output: '4\n' });
  const info = await mcpb('info', out);
  expect(info.status, info.output).toBe(0);
  const target = join(await temporaryFolder(), 'unpacked');
  expect((await mcpb('unpack', out, target)).status).toBe(0);
  expect((await readdir(target)).length).toBe(4);

  // An independent judge: `mcpb verify` 2.1.2 calls every bundle unsigned, its own as well.
  const whole = await readFile(out);
  const mark = whole.lastIndexOf('MCPB_SIG_V1');
  const start = mark + 'MCPB_SIG_V1'.length + 4;
  await writeFile(join(home, 'content'), whole.subarray(0, mark));
  await writeFile(join(home, 'signature'), whole.subarray(start, start + whole.readUInt32LE(start - 4)));
  const openssl = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', 'signature', '-content', 'content'];
  const trusted = ['-CAfile', authority, '-purpose', 'any', '-out', '/dev/null'];
  expect(await said('openssl', [...openssl, ...trusted], home)).toMatchObject({ status: 0 });

  const plan = await mcpctl(['add', out, '--dry-run'], { home, env });
  expect(plan.stderr).toMatch(
    /signed by Ada Lovelace, certified by Test authority \(certificate [0-9a-f]{16}…\)/,
  );
  const added = await mcpctl(['add', out, '--yes', '--no-sync'], { home, env });
  expect(added.stdout, added.stderr).toContain('1 tool: echo');

  const again = await mcpctlJson(['pack', 'echo', '--cert', cert, '--key', key, '--out', 'again.mcpb'], {
    home,
    env,
  });
  expect(again.document.data.sha256).toBe(document.data.sha256);
});

test('a signed bundle that was changed, in its files or in its signature, is refused', async () => {
  const { cert, key } = await signingFiles();
  const { out, home, env } = await packed({}, ['--cert', cert, '--key', key]);
  const whole = await readFile(out);
  const mark = whole.lastIndexOf('MCPB_SIG_V1');
  const changedAt = (at: number): Buffer => {
    const copy = Buffer.from(whole);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const other = await packed({ 'README.md': '# Other\n' }, ['--cert', cert, '--key', key]);
  const theirs = await readFile(other.out);
  const changes: [string, Buffer][] = [
    ['a byte of a file', changedAt(60)],
    ['a byte of the signature', changedAt(mark + 15 + whole.readUInt32LE(mark + 11) - 5)],
    ['its length', changedAt(mark + 11)],
    [
      'the signature of another bundle',
      Buffer.concat([whole.subarray(0, mark), theirs.subarray(theirs.lastIndexOf('MCPB_SIG_V1'))]),
    ],
    [
      'an empty signature',
      Buffer.concat([whole.subarray(0, mark), Buffer.from('MCPB_SIG_V1\0\0\0\0MCPB_SIG_END')]),
    ],
  ];
  for (const [what, bytes] of changes) {
    await writeFile(out, bytes);

    const { document } = await mcpctlJson(['add', out, '--dry-run'], { home, env });

    expect(document.error, what).toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  }
});

test('keys that cannot sign are refused before anything is written', async () => {
  const [one, two] = await Promise.all([signingFiles(), signingFiles()]);
  const cases: [string[], string][] = [
    [['--cert', one.cert], 'USAGE'],
    [['--cert', one.cert, '--key', two.key], 'PACK_FAILED'],
    [['--cert', one.key, '--key', one.key], 'PACK_FAILED'],
    [['--cert', one.cert, '--key', one.cert], 'PACK_FAILED'],
    [['--cert', one.cert, '--key', 'missing.pem'], 'FILE_UNREADABLE'],
  ];
  for (const [args, code] of cases) {
    const { document, home } = await packed({}, args);

    expect(document.error, args.join(' ')).toMatchObject({ code });
    expect((await readdir(home)).filter((name) => name.endsWith('.mcpb'))).toEqual([]);
  }
});

const TOOLS = fileURLToPath(new URL('../fixtures/tools/docker.mjs', import.meta.url));

/** A PATH with node, npm and the stand-ins named, and the calls they got. */
async function pathWith(...names: string[]): Promise<{ PATH: string; CALLS: string }> {
  const folder = await temporaryFolder();
  for (const name of names)
    await writeFile(join(folder, name), `#!/bin/sh\nexec ${process.execPath} ${TOOLS} "$@"\n`, {
      mode: 0o755,
    });
  await symlink(process.execPath, join(folder, 'node'));
  return { PATH: folder, CALLS: join(folder, 'calls.jsonl') };
}

test.each(['docker', 'podman'])('--container builds the image of the Dockerfile with %s', async (engine) => {
  const home = await emptyHome();
  await smallProject(join(home.home, 'echo'), { Dockerfile: 'FROM scratch\n' });
  const tools = await pathWith(engine);
  const base = 'NODE_IMAGE=node:22-slim@sha256:0123';
  const args = ['pack', 'echo', '--container', '--build-arg', base];

  const { document } = await mcpctlJson(args, { ...home, env: { ...home.env, ...tools } });

  expect(document.data, JSON.stringify(document)).toMatchObject({
    engine,
    tag: 'small-echo:1.4.0',
    id: expect.stringMatching(/^sha256:/),
  });
  const calls = (await readFile(tools.CALLS, 'utf8')).trim().split('\n');
  expect(calls).toEqual([
    JSON.stringify(['docker', 'build', '--quiet', '--tag', 'small-echo:1.4.0', '--build-arg', base, '.']),
  ]);
});

test.each([
  ['no engine', [], { Dockerfile: 'FROM scratch\n' }, [], 'TOOL_MISSING', 'docker or podman'],
  ['no Dockerfile', ['docker'], {}, [], 'PACK_FAILED', 'no Dockerfile'],
  ['a Dockerfile that does not build', ['docker'], { Dockerfile: '' }, [], 'PACK_FAILED', 'cannot be empty'],
  [
    'a secret for the image',
    ['docker'],
    { Dockerfile: 'FROM scratch\n' },
    ['--build-arg', `T=${GITHUB_TOKEN}`],
    'SECRET_ON_COMMAND_LINE',
    'image keeps it',
  ],
])('--container with %s is refused', async (_, engines, files, args, code, message) => {
  const home = await emptyHome();
  await smallProject(join(home.home, 'echo'), files);
  const tools = await pathWith(...engines);

  const { document } = await mcpctlJson(['pack', 'echo', '--container', ...args], {
    ...home,
    env: { ...home.env, ...tools },
  });

  expect(document.error).toMatchObject({ code, message: expect.stringContaining(message) });
});
