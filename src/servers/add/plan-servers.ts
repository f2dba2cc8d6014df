import { McpctlError } from '../../core/errors.ts';
import type { ServerEntry } from '../../manifest/entry.ts';
import type { Machine } from '../machine.ts';
import { resolveMany } from '../resolve-many.ts';
import type { Resolution } from '../sources/source.ts';
import type { Spec } from '../spec.ts';
import { entryOf } from './entry.ts';

/** What adding would do, for people and for `--json`; holds no secret. */
export interface ServerPlan {
  readonly name: string;
  readonly entry: ServerEntry;
  readonly source: Resolution['source'];
  readonly runtime?: Resolution['runtime'];
  readonly facts: readonly string[];
  readonly notes: readonly string[];
  /** Install scripts, which run only with `--allow-scripts`. */
  readonly scripts: readonly string[];
  readonly needs: readonly {
    readonly name: string;
    readonly secret: boolean;
    readonly description?: string;
    readonly where?: string;
  }[];
}

export interface Planned {
  readonly resolution: Resolution;
  readonly plan: ServerPlan;
  readonly resolveTime: number;
}

export interface PlanOptions {
  readonly allowScripts: boolean;
  /** Names that are taken in the scope. */
  readonly taken: ReadonlySet<string>;
  /** True to replace servers of the same name. */
  readonly force: boolean;
}

export interface PlanResult {
  readonly planned: readonly Planned[];
  readonly failed: readonly { readonly name: string; readonly error: McpctlError }[];
}

/**
 * Finds exact versions and says what adding would do. Writes nothing.
 * @throws SERVER_EXISTS when a name is taken, USAGE when two servers would share one.
 */
export async function planServers(
  specs: readonly Spec[],
  machine: Machine,
  options: PlanOptions,
): Promise<PlanResult> {
  refuseNames(specs, options);
  const begun = performance.now();
  const outcomes = await resolveMany(specs, machine, options);
  const resolveTime = Math.round(performance.now() - begun);
  const planned: Planned[] = [];
  const failed: { name: string; error: McpctlError }[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const name = specs[index]?.name ?? '';
    if (outcome.ok) planned.push({ resolution: outcome.value, plan: describe(outcome.value), resolveTime });
    else if (outcome.error instanceof McpctlError) failed.push({ name, error: outcome.error });
    else throw outcome.error;
  }
  return { planned, failed };
}

function refuseNames(specs: readonly Spec[], { taken, force }: PlanOptions): void {
  const seen = new Set<string>();
  for (const { name } of specs) {
    if (seen.has(name)) {
      throw new McpctlError('USAGE', `Two of these servers would be called ${name}.`, {
        hint: 'Add them one at a time, with --name for one of them.',
      });
    }
    seen.add(name);
    if (taken.has(name) && !force) {
      throw new McpctlError('SERVER_EXISTS', `A server called ${name} is set up already.`, {
        hint: `To replace it: add --force. To keep both: add --name ${name}-2`,
        data: { server: name },
      });
    }
  }
}

function describe(resolution: Resolution): ServerPlan {
  const { spec, source, runtime, facts, scripted } = resolution;
  const blanks = Object.entries(spec.blanks).map(([name, { description }]) => ({
    name,
    secret: false,
    description,
  }));
  const variables = spec.variables
    .filter(({ required }) => required)
    .map(({ name, secret, description, where }) => ({
      name,
      secret,
      ...(description !== undefined && { description }),
      ...(where !== undefined && { where }),
    }));
  return {
    name: spec.name,
    entry: entryOf(resolution, spec),
    source,
    ...(runtime && { runtime }),
    facts: [
      ...facts,
      ...(spec.auth === 'oauth' ? ['you sign in with a browser; no key is stored in the manifest'] : []),
      ...(spec.auth === 'oauth' && Array.isArray(spec.oauth?.scopes)
        ? [`it may ask for: ${spec.oauth.scopes.join(', ')}`]
        : []),
    ],
    notes: spec.notes,
    scripts: scripted,
    needs: [...blanks, ...variables],
  };
}

/** The plan as text for people. */
export function renderPlan(plans: readonly ServerPlan[]): string {
  return plans
    .map(({ name, entry, facts, notes, needs }) =>
      [
        name,
        ...facts.map((fact) => `  ${fact}`),
        `  ${commandLine(entry)}`,
        ...needs.map(({ name: need, description = '' }) =>
          `  needs ${need}: ${description}`.replace(/: $/, ''),
        ),
        ...notes.map((note) => `  ${note}`),
      ].join('\n'),
    )
    .join('\n\n');
}

function commandLine(entry: ServerEntry): string {
  if (typeof entry.url === 'string') return `manifest: ${entry.url}`;
  const words = [entry.command, ...((entry.args as string[] | undefined) ?? [])];
  return `manifest: ${words.map((word) => (/[\s"'$]/.test(String(word)) ? JSON.stringify(word) : word)).join(' ')}`;
}
