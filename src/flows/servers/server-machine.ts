import type { Context } from '../../cli/context.ts';
import { execute } from '../../platform/execute.ts';
import { createFetch } from '../../platform/fetch.ts';
import { hasGlibc } from '../../platform/libc.ts';
import type { Machine } from '../../servers/machine.ts';
import type { Settings } from '../../settings/settings.ts';

/** The machine as installing servers needs it. */
export function serverMachine(
  context: Context,
  { registries, network }: Pick<Settings, 'registries' | 'network'>,
): Machine {
  const { env, platform, arch, cwd, paths, program, signal, now } = context;
  return {
    env,
    platform,
    arch,
    cwd,
    paths,
    node: { executable: program.node, version: process.versions.node },
    hasGlibc: hasGlibc(platform),
    execute,
    registries,
    // The user names these addresses; a bundle or registry on the own machine is as good as any.
    fetch: createFetch({ env, allowPrivate: ['loopback', ...network.allowPrivate] }),
    signal,
    now,
  };
}
