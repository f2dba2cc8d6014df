import { posix, win32 } from 'node:path';
import { createPaths } from '../../src/platform/paths.ts';
import type { ConfiguredServer } from '../../src/preflight/configured-server.ts';
import type { Executed, FileFacts, Machine } from '../../src/preflight/machine.ts';
import type { NpmConfig } from '../../src/preflight/npm-config.ts';
import type { Reach } from '../../src/preflight/reach.ts';
import type { Situation } from '../../src/preflight/situation.ts';

const REGISTRY = 'https://registry.test/';

export interface FakeFile extends Partial<FileFacts> {
  readonly text?: string;
}

export interface FakeMachine {
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
  readonly env?: Record<string, string>;
  /** Absolute path → file; folders above them exist. */
  readonly files?: Readonly<Record<string, FakeFile>>;
  readonly nodeVersion?: string;
  readonly userId?: number;
  readonly freeBytes?: number;
  readonly unwritable?: readonly string[];
  readonly answer?: Reach;
  execute?(path: string, args: readonly string[]): Partial<Executed>;
}

const FILE: FileFacts = { kind: 'file', mode: 0o755, owner: 501, size: 10 };

/** A computer made of data: any platform, no real files. */
export function fakeMachine(fake: FakeMachine = {}): Machine {
  const { platform = 'linux', env = {}, files = {}, unwritable = [] } = fake;
  const { join, dirname } = platform === 'win32' ? win32 : posix;
  const home = fake.home ?? (platform === 'win32' ? 'C:\\Users\\me' : '/home/me');
  const all = new Map(Object.entries(files).map(([path, file]) => [path, { ...FILE, ...file }]));
  for (const path of [join(home, 'x'), ...all.keys()]) {
    for (let folder = dirname(path); !all.has(folder); folder = dirname(folder)) {
      all.set(folder, { ...FILE, kind: 'folder', mode: 0o700 });
    }
  }
  const find = async (path: string) => all.get(path);
  return {
    platform,
    env,
    cwd: home,
    paths: createPaths({ platform, home, env }),
    program: { version: '0.0.0', node: '/usr/bin/node', script: '/opt/mcpctl/bin/mcpctl.js' },
    nodeVersion: fake.nodeVersion ?? '22.12.0',
    userId: platform === 'win32' ? undefined : (fake.userId ?? 501),
    canAsk: false,
    temporaryFolder: '/tmp',
    cores: 4,
    now: () => new Date('2026-01-02T03:04:05Z'),
    execute: async (path, args) => ({ status: 0, stdout: '', stderr: '', ...fake.execute?.(path, args) }),
    reach: async () => fake.answer ?? { ok: true, status: 200, date: undefined },
    files: {
      read: async (path) => (await find(path))?.text,
      stat: find,
      list: async (folder) =>
        [...all.keys()]
          .filter((path) => dirname(path) === folder)
          .map((path) => path.slice(folder.length + 1)),
      resolve: async (path) => (all.has(path) ? path : undefined),
      isWritable: async (path) => all.has(path) && !unwritable.includes(path),
      isExecutable: async (path) => ((await find(path))?.mode ?? 0) % 2 === 1,
      freeBytes: async () => fake.freeBytes ?? 10 ** 12,
      chmod: async () => {},
      createFolder: async () => {},
    },
  };
}

/** What checks of the machine get to see. */
export function fakeSituation(
  machine: Machine,
  more: { servers?: object; clients?: string[] } = {},
): Situation {
  const config: NpmConfig = {
    registry: REGISTRY,
    proxy: undefined,
    httpsProxy: undefined,
    noProxy: '',
    caFile: undefined,
    verifiesCertificates: true,
  };
  const servers = Object.entries(more.servers ?? {}).map(
    ([name, entry]) => ({ name, entry, scope: 'user', manifest: machine.paths.manifest }) as ConfiguredServer,
  );
  const unused = async (): Promise<never> => {
    throw new Error('not part of this test');
  };
  return {
    machine,
    servers,
    manifests: [],
    isOffline: false,
    clients: async () => ({ chosen: (more.clients ?? []).map((id) => ({ id })) }) as never,
    npmConfig: async () => config,
    registryAddress: async () => REGISTRY,
    registry: () => machine.reach(new URL(REGISTRY), { timeoutMs: 1 }),
    route: async () => ({}),
    openKeychain: unused,
    reinstall: undefined,
    prepare: unused,
  };
}
