import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

export interface Postgres {
  /** Connection string of a role with a password, on loopback. */
  readonly url: string;
  /** Of a role that may do everything. */
  readonly owner: string;
  stop(): Promise<void>;
}

/** Starts Debian's PostgreSQL on a free loopback port, with one table `planets` of three rows. */
export async function startPostgres(password: string): Promise<Postgres> {
  const [version] = (await readdir('/usr/lib/postgresql')).sort().reverse();
  const programs = `/usr/lib/postgresql/${version}/bin`;
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-postgres-')));
  const user = await serverUser();
  await chmod(folder, 0o755);
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (user) await chown(data, user.uid, user.gid);
  const options = { cwd: folder, env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' }, ...user };
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'owner', '-A', 'trust', '--no-sync'], options);
  const port = await freePort();
  const settings = ['-p', String(port), '-k', data, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings], { ...options, stdio: 'pipe' });
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk) => String(chunk).includes('ready to accept') && resolve());
    server.on('exit', (status) => reject(new Error(`PostgreSQL ended with status ${status}.`)));
  });
  const sql = `create role reader login password '${password}'; create table planets (name text);
    insert into planets values ('Mercury'), ('Venus'), ('Earth'); grant select on planets to reader;`;
  await run(
    'psql',
    ['-h', '127.0.0.1', '-p', String(port), '-U', 'owner', '-d', 'postgres', '-c', sql],
    options,
  );
  return {
    url: `postgres://reader:${password}@127.0.0.1:${port}/postgres?sslmode=disable`,
    owner: `postgres://owner@127.0.0.1:${port}/postgres?sslmode=disable`,
    stop: async () => {
      server.removeAllListeners('exit');
      server.kill('SIGINT');
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
async function serverUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  );
  return { uid: uid ?? 0, gid: gid ?? 0 };
}
