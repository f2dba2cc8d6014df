import { readHome } from '../../src/platform/env.ts';
import { execute } from '../../src/platform/execute.ts';
import { createFetch } from '../../src/platform/fetch.ts';
import { createPaths } from '../../src/platform/paths.ts';
import type { Machine } from '../../src/servers/machine.ts';
import { emptyHome } from './cli.ts';

/** This machine with an empty HOME; npm's cache stays the real one, so that tests download once. */
export async function realMachine(changes: Partial<Machine> = {}): Promise<Machine> {
  const { home, env } = await emptyHome({
    npm_config_cache: process.env.npm_config_cache ?? `${readHome(process.env, process.platform)}/.npm`,
  });
  return {
    env,
    platform: process.platform,
    arch: process.arch,
    cwd: home,
    paths: createPaths({ platform: process.platform, home, env }),
    node: { executable: process.execPath, version: process.versions.node },
    hasGlibc: true,
    execute,
    fetch: createFetch({ env, allowPrivate: ['loopback'] }),
    signal: new AbortController().signal,
    now: () => new Date(),
    ...changes,
  };
}
