import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './cli.ts';

const run = promisify(execFile);

export interface TestAuthority {
  /** PEM file to trust, for NODE_EXTRA_CA_CERTS. */
  readonly file: string;
  readonly key: string;
  readonly certificate: string;
}

/** A certificate for these names, signed by an authority nobody knows; both made with openssl. */
export async function certificateFor(...names: string[]): Promise<TestAuthority> {
  const folder = await temporaryFolder();
  const file = join(folder, 'ca.pem');
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    file,
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  );
  await openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf');
  await writeFile(join(folder, 'names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  const sign = ['x509', '-req', '-in', 'leaf.csr', '-CA', file, '-CAkey', 'ca.key', '-CAcreateserial'];
  await openssl(...sign, '-days', '2', '-extfile', 'names', '-out', 'leaf.pem');
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  return { file, key: await read('leaf.key'), certificate: await read('leaf.pem') };
}
