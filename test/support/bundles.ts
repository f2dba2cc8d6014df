import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './cli.ts';
import { fixturePath } from './servers.ts';

const run = promisify(execFile);

export const BUNDLE_MANIFEST = {
  manifest_version: '0.3',
  name: 'small-echo',
  display_name: 'Small echo',
  version: '1.4.0',
  description: 'Says what it hears.',
  author: { name: 'Ada Lovelace' },
  server: {
    type: 'node',
    entry_point: 'dist/main.mjs',
    mcp_config: { command: 'node', args: ['${__dirname}/dist/main.mjs'], env: {} },
  },
};

/** A project that answers `echo`, without packages, with more or other files; undefined leaves one out. */
export async function smallProject(
  folder: string,
  files: Readonly<Record<string, string | undefined>> = {},
): Promise<void> {
  const library = JSON.stringify(fixturePath('lib'));
  const all: Record<string, string | undefined> = {
    'package.json': JSON.stringify({
      name: 'small-echo',
      version: '1.4.0',
      type: 'module',
      bin: 'dist/main.mjs',
    }),
    'manifest.json': JSON.stringify(BUNDLE_MANIFEST),
    'dist/main.mjs': `import { serve, text, tool } from ${library};
serve({ tools: [tool('echo', { message: { type: 'string' } })], call: (_, { message }) => text(message) });
`,
    'README.md': '# Small echo\n',
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content === undefined) continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

export interface SigningFiles {
  /** PEM files: the signer's certificate with those above it, its key, and the authority's. */
  readonly cert: string;
  readonly key: string;
  readonly authority: string;
}

/** A certificate for signing code of an authority of its own; both RSA, made with openssl. */
export async function signingFiles(name = 'Ada Lovelace'): Promise<SigningFiles> {
  const folder = await temporaryFolder();
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
  const key = ['-newkey', 'rsa:2048', '-noenc'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  );
  await openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', `/CN=${name}`);
  await writeFile(join(folder, 'purpose'), 'extendedKeyUsage=codeSigning\nkeyUsage=digitalSignature\n');
  const sign = ['x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  await openssl(...sign, '-days', '2', '-extfile', 'purpose', '-out', 'leaf.pem');
  return { cert: join(folder, 'leaf.pem'), key: join(folder, 'leaf.key'), authority: join(folder, 'ca.pem') };
}
