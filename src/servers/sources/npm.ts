import { McpctlError } from '../../core/errors.ts';
import type { Machine } from '../machine.ts';
import type { NpmResolution } from '../npm/resolve.ts';
import { type NpmRequest, type Outcome, resolveNpm } from '../npm/resolve.ts';
import type { PackageSource, Resolution, ResolveOptions, SpecOf } from './source.ts';

export const npmSource: PackageSource<'npm'> = {
  type: 'npm',
  programs: [['npm']],
  async resolve(spec, machine, options) {
    const [outcome] = await resolveNpmSpecs([spec], machine, options);
    if (outcome?.ok) return outcome.value;
    throw outcome?.error ?? new McpctlError('INTERNAL', 'npm gave no answer.');
  },
};

/** Works out several npm servers at once; see `resolveNpm`. */
export async function resolveNpmSpecs(
  specs: readonly SpecOf<'npm'>[],
  machine: Machine,
  { allowScripts }: ResolveOptions,
): Promise<Outcome<Resolution>[]> {
  const requests = specs.map(
    ({ wanted }): NpmRequest => ({
      package: wanted.package,
      allowScripts,
      ...(wanted.version !== undefined && { version: wanted.version }),
      ...(wanted.bin !== undefined && { bin: wanted.bin }),
    }),
  );
  const outcomes = await resolveNpm(requests, machine);
  return outcomes.map((outcome, index): Outcome<Resolution> => {
    const spec = specs[index];
    if (!outcome.ok || !spec) return outcome as Outcome<never>;
    const promised = spec.integrity;
    if (promised !== undefined && promised !== outcome.value.source.integrity) {
      return { ok: false, error: otherBuild(spec) };
    }
    return { ok: true, value: toResolution(spec, outcome.value) };
  });
}

function otherBuild({ name, wanted }: SpecOf<'npm'>): McpctlError {
  return new McpctlError(
    'INTEGRITY_MISMATCH',
    `The registry offers another build of ${wanted.package}@${wanted.version} than the one locked for ${name}.`,
    {
      hint: 'A version must never change. Find out why before you go on; mcpctl remove and add take the new one.',
    },
  );
}

function toResolution(spec: SpecOf<'npm'>, npm: NpmResolution): Resolution {
  const { source, runtime, scripted } = npm;
  const pinned = `${source.package}@${source.version}`;
  // Without a choice npx takes the program as we do; with one it must be told.
  const program = spec.wanted.bin === undefined ? [pinned] : ['-p', pinned, source.bin];
  return {
    spec,
    source,
    ...(runtime && { runtime }),
    scripted,
    npm,
    facts: [
      `npm package ${pinned} with ${npm.packageCount - 1} dependencies`,
      ...(runtime ? [`Node ${runtime.version} beside it, because this machine's is too old for it`] : []),
      ...(npm.deprecated === undefined ? [] : [`deprecated by its authors: ${npm.deprecated}`]),
      ...(scripted.length > 0 ? [scriptFact(source.scripts === true, scripted)] : []),
    ],
    command: ({ args }) => ({ command: 'npx', args: ['-y', ...program, ...args] }),
  };
}

function scriptFact(isApproved: boolean, scripted: readonly string[]): string {
  const names = scripted.join(', ');
  return isApproved
    ? `install scripts that will run, as you allowed: ${names}`
    : `install scripts that will not run (--allow-scripts runs them): ${names}`;
}
