import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A private D-Bus session with a real gnome-keyring, as a desktop has it. */
export interface SecretService {
  /** What a program needs in its environment to find it; new after `restart`. */
  readonly env: Record<string, string>;
  /** The only folder in which the keyring keeps values (encrypted). */
  readonly folder: string;
  /** How many items stand under a service name. */
  count(service: string): Promise<number>;
  /** Locks every keyring; nobody is there to answer the prompt. */
  lock(): Promise<void>;
  /** Stops answering, as a hung service does, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the session and starts a new one with the same keyring files and password. */
  restart(): Promise<void>;
  /** Ends both processes and removes the folder. */
  stop(): Promise<void>;
}

export interface SecretServiceOptions {
  /** False leaves a session in which no keyring was ever unlocked; true by default. */
  readonly unlocked?: boolean;
}

const PASSWORD = 'correct horse';

/** Starts one; the caller stops it with `onTestFinished(service.stop)` or in `afterAll`. */
export async function startSecretService({
  unlocked = true,
}: SecretServiceOptions = {}): Promise<SecretService> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-keyring-')));
  let session = await startSession(folder, unlocked);
  return {
    get env() {
      return session.env;
    },
    folder,
    count: async (service) => {
      const answer = await send(session.env, 'org.freedesktop.secrets', '/org/freedesktop/secrets', [
        'org.freedesktop.Secret.Service.SearchItems',
        `dict:string:string:service,${service}`,
      ]);
      return answer.match(/object path/g)?.length ?? 0;
    },
    lock: async () => {
      await send(session.env, 'org.freedesktop.secrets', '/org/freedesktop/secrets', [
        'org.freedesktop.Secret.Service.Lock',
        'array:objpath:/org/freedesktop/secrets/collection/login',
      ]);
    },
    pause: () => void session.keyring?.kill('SIGSTOP'),
    resume: () => void session.keyring?.kill('SIGCONT'),
    restart: async () => {
      await stopSession(session);
      session = await startSession(folder, unlocked);
    },
    stop: async () => {
      await stopSession(session);
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

interface Session {
  readonly env: Record<string, string>;
  readonly bus: ChildProcess;
  readonly keyring: ChildProcess | undefined;
}

async function startSession(folder: string, unlocked: boolean): Promise<Session> {
  const runtime = await mkdtemp(join(folder, 'run-'));
  const data = join(folder, 'data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  // The daemon gets its own HOME, so that nothing of it mixes with the HOME under test.
  const own = { PATH: process.env.PATH ?? '', HOME: folder, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: data };
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], {
    env: own,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await firstLine(bus);
  const env = { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime };
  if (!unlocked) return { env, bus, keyring: undefined };
  const keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env: { ...own, ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A newline would become part of the password.
  keyring.stdin.end(PASSWORD);
  await ownerOf(env, keyring);
  return { env, bus, keyring };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  throw new Error('dbus-daemon ended without an address; install dbus and gnome-keyring');
}

/** Waits until the service has its name on the bus and an unlocked login keyring. */
async function ownerOf(env: Record<string, string>, keyring: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (keyring.exitCode !== null) throw new Error(`gnome-keyring-daemon ended with ${keyring.exitCode}`);
    const answer = await send(env, 'org.freedesktop.DBus', '/', [
      'org.freedesktop.DBus.NameHasOwner',
      'string:org.freedesktop.secrets',
    ]);
    if (answer.includes('boolean true')) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('gnome-keyring-daemon never appeared on its bus');
}

async function send(env: Record<string, string>, to: string, path: string, call: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'dbus-send',
    ['--session', '--print-reply', `--dest=${to}`, path, ...call],
    { env: { PATH: process.env.PATH ?? '', ...env } },
  );
  return stdout;
}

async function stopSession({ bus, keyring }: Session): Promise<void> {
  for (const child of [keyring, bus]) {
    if (!child || child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await ended;
  }
}
