import { McpctlError } from '../core/errors.ts';
import type { Machine } from './machine.ts';
import { type Installed, installNpm, type NpmInstall } from './npm/install.ts';
import type { Outcome } from './npm/resolve.ts';
import { needProgram } from './programs.ts';
import { SOURCES } from './sources/all.ts';
import type { PackageSource, Resolution, ResolveOptions, SpecOf } from './sources/source.ts';
import type { Spec, Wanted } from './spec.ts';

/** Finds exact versions, npm packages by one npm run. A spec that fails does not sink the others. */
export async function resolveMany(
  specs: readonly Spec[],
  machine: Machine,
  options: ResolveOptions,
): Promise<Outcome<Resolution>[]> {
  const npmSpecs = specs.filter(isNpm);
  const npm = npmSpecs.length > 0 ? resolveAllNpm(npmSpecs, machine, options) : Promise.resolve([]);
  const others = specs.map((spec) =>
    isNpm(spec) ? undefined : settle(() => resolveOne(spec, machine, options)),
  );
  const found = await npm;
  return await Promise.all(
    specs.map(
      async (spec, index) =>
        (await others[index]) ?? (found[npmSpecs.indexOf(spec as SpecOf<'npm'>)] as Outcome<Resolution>),
    ),
  );
}

async function resolveAllNpm(
  specs: readonly SpecOf<'npm'>[],
  machine: Machine,
  options: ResolveOptions,
): Promise<Outcome<Resolution>[]> {
  const { resolveNpmSpecs } = await import('./sources/npm.ts');
  needProgram(['npm'], specs.map(({ name }) => name).join(', '), machine);
  return await resolveNpmSpecs(specs, machine, options);
}

async function resolveOne(spec: Spec, machine: Machine, options: ResolveOptions): Promise<Resolution> {
  const source = (await SOURCES[spec.wanted.type]()) as PackageSource;
  for (const names of source.programs) needProgram(names, spec.name, machine);
  return await source.resolve(spec as SpecOf<Wanted['type']>, machine, options);
}

function isNpm(spec: Spec): spec is SpecOf<'npm'> {
  return spec.wanted.type === 'npm';
}

export interface Install {
  readonly name: string;
  readonly resolution: Resolution;
}

const NOTHING: Installed = { wasThere: true, undo: async () => {} };

/** Fetches and verifies what was resolved, npm packages by one npm run. A server that fails does not sink the others. */
export async function installMany(
  installs: readonly Install[],
  machine: Machine,
): Promise<Outcome<Installed>[]> {
  const npmInstalls = new Map<Install, NpmInstall>();
  for (const install of installs) {
    const { npm } = install.resolution;
    if (npm) npmInstalls.set(install, { name: install.name, resolution: npm });
  }
  const order = [...npmInstalls.values()];
  const npm = installNpm(order, machine);
  const others = installs.map(({ resolution }) =>
    resolution.npm ? undefined : settle(async () => (await resolution.install?.()) ?? NOTHING),
  );
  const found = await npm;
  return await Promise.all(
    installs.map(async (install, index) => {
      const own = npmInstalls.get(install);
      return own
        ? (found[order.indexOf(own)] as Outcome<Installed>)
        : ((await others[index]) as Outcome<Installed>);
    }),
  );
}

async function settle<T>(run: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (error instanceof McpctlError && error.code !== 'CANCELLED') return { ok: false, error };
    throw error;
  }
}
