import { dirname } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { McpctlError } from '../../core/errors.ts';
import { readLock } from '../../manifest/lock.ts';
import { readManifest } from '../../manifest/manifest.ts';
import { findProjectManifest, projectManifest } from '../../manifest/scopes.ts';
import { type AddOutcome, addServers } from '../../servers/add/add-servers.ts';
import { askFor } from '../../servers/add/answers.ts';
import { type PlanResult, planServers, renderPlan } from '../../servers/add/plan-servers.ts';
import type { AddPlan } from '../../servers/add/progress.ts';
import { type AddWords, parseAssignments } from '../../servers/add/words.ts';
import type { Machine } from '../../servers/machine.ts';
import { isMissing, restoreServers } from '../../servers/restore.ts';
import type { Spec } from '../../servers/spec.ts';
import { readSettings } from '../../settings/read.ts';
import { chosenClients } from '../clients/chosen-clients.ts';
import { knownRegistries } from '../registry/known-registries.ts';
import { tellInstalls } from '../registry/tell-installs.ts';
import { describeNeeds } from '../settings/env-example.ts';
import { addPorts, type ScopeTarget, scopedResolver } from './add-ports.ts';
import { scriptsUnapproved } from './install-locked.ts';
import { serverMachine } from './server-machine.ts';
import { type AddFlags, specsOf } from './specs-of.ts';
import { createStoreChoice, type StoreChoice } from './store-choice.ts';

export interface FlowResult extends AddOutcome {
  /** With `--dry-run`: what would be done. */
  readonly plans: PlanResult['planned'];
  /** Servers the manifest has already, installed again as they are locked. */
  readonly restored: readonly { readonly name: string; readonly folder?: string }[];
}

/** The whole of `add`: specs, plan, questions, and what `addServers` does. */
export async function addFlow(words: AddWords, flags: AddFlags, context: Context): Promise<FlowResult> {
  const { settings } = await readSettings(context);
  const clients = await chosenClients(flags.client, context);
  const chosen = { scope: settings.defaultScope, store: settings.secrets.store, ...flags };
  const target = await scopeTarget(chosen, context);
  const machine = serverMachine(context, settings);
  const { servers, broken } = await readManifest(target.path, target.scope);
  const restored =
    flags.force || flags.dryRun ? [] : await restoreMissing(words, flags, target, { ...context, machine });
  const others = words.servers.filter((word) => !restored.some(({ name }) => name === word));
  if (restored.length > 0 && others.length === 0 && !words.command)
    return { restored, added: [], failed: [], plans: [] };
  const specs = await specsOf({ ...words, servers: others }, flags, {
    ...context,
    machine,
    scope: target.scope,
    registries: knownRegistries(settings, context),
  });
  const result = await found(specs, context, () =>
    planServers(specs, machine, {
      allowScripts: flags.allowScripts ?? false,
      taken: new Set([...servers.keys(), ...broken.keys()]),
      force: flags.force ?? false,
    }),
  );
  throwIfAlone(result.failed, specs.length);
  context.output.note(renderPlan(result.planned.map(({ plan }) => plan)));
  if (flags.dryRun) return { restored, added: [], failed: result.failed, plans: result.planned };
  await confirm(result, flags, context);
  const keeping = createStoreChoice(context, { store: target.store, folder: target.project ?? context.cwd });
  const { plans, failed } = await answer(result, flags, context, { ...target, keeping });
  throwIfAlone(failed, specs.length);
  const outcome = await addServers(
    plans,
    machine,
    addPorts(context, {
      ...target,
      store: keeping.store,
      ...(clients && { clients }),
      startMs: settings.timeouts.startMs,
      yes: flags.yes ?? false,
    }),
    flags,
  );
  throwIfAlone(outcome.failed, specs.length);
  const { added } = outcome;
  if (target.scope === 'project') await tellOthers(target, context);
  await tellInstalls(
    specs.filter(({ name }) => added.some((one) => one.name === name)),
    settings,
    context,
  );
  return { restored, added, failed: [...result.failed, ...failed, ...outcome.failed], plans: [] };
}

/** Names that are set up and locked but not installed on this machine: a project's lock came with git. */
async function restoreMissing(
  words: AddWords,
  { allowScripts }: AddFlags,
  { path, scope }: ScopeTarget,
  { machine, ...context }: Context & { readonly machine: Machine },
): Promise<FlowResult['restored']> {
  const [{ servers }, lock] = await Promise.all([readManifest(path, scope), readLock(path)]);
  const missing = words.servers.flatMap((name) => {
    const lockEntry = lock.servers[name];
    return lockEntry && servers.has(name) && isMissing({ name, lockEntry }, machine, { isFull: true })
      ? [{ name, lockEntry }]
      : [];
  });
  if (missing.length === 0) return [];
  const refused = missing.map((server) => scriptsUnapproved({ ...server, scope })).find(Boolean);
  if (refused && !allowScripts) throw refused;
  let outcomes: Awaited<ReturnType<typeof restoreServers>> = [];
  await runTasks(
    [
      {
        title: `Install ${missing.map(({ name }) => name).join(', ')} as locked`,
        run: async () => {
          outcomes = await restoreServers(missing, machine);
          const [failed] = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
          if (failed) throw failed;
        },
      },
    ],
    context,
  );
  return missing.map(({ name }, index) => {
    const outcome = outcomes[index];
    return {
      name,
      ...(outcome?.ok && outcome.value.folder !== undefined && { folder: outcome.value.folder }),
    };
  });
}

/** Whoever clones the project finds the names of the values its servers need, without the values. */
async function tellOthers({ path, scope, project }: ScopeTarget, context: Context): Promise<void> {
  const names = await describeNeeds({ ...(await readManifest(path, scope)), project }, context);
  if (names.length > 0) context.output.note(`Added ${names.join(', ')} to .env.example, without values.`);
}

/** Asking registries takes seconds, so it is shown. */
async function found(
  specs: readonly Spec[],
  context: Context,
  plan: () => Promise<PlanResult>,
): Promise<PlanResult> {
  let result: PlanResult = { planned: [], failed: [] };
  const title = `Find exact versions of ${specs.map(({ name }) => name).join(', ')}`;
  await runTasks(
    [
      {
        title,
        run: async () => {
          result = await plan();
        },
      },
    ],
    context,
  );
  return result;
}

/** One server asked for and not added is a failure; of several, the report says which. */
function throwIfAlone(failed: AddOutcome['failed'], asked: number): void {
  const [first] = failed;
  if (first && asked === 1) throw first.error;
}

export async function scopeTarget(
  { scope, store }: Pick<AddFlags, 'scope'> & Pick<ScopeTarget, 'store'>,
  { paths, cwd }: Context,
): Promise<ScopeTarget> {
  const found = await findProjectManifest(cwd, paths.home);
  // .claude/claude_desktop_config.json lies two levels below the project.
  const folder = found === undefined ? cwd : dirname(dirname(found));
  const project = found === undefined ? {} : { project: folder };
  if (scope !== 'project') return { scope: 'user', path: paths.manifest, store, ...project };
  return { scope: 'project', path: found ?? projectManifest(cwd), store, project: folder };
}

async function confirm({ planned }: PlanResult, flags: AddFlags, { prompt, output }: Context): Promise<void> {
  // Adding is what was asked for; a question only where somebody can answer it.
  if (flags.yes || !prompt.canAsk || output.json) return;
  const names = planned.map(({ plan }) => plan.name).join(', ');
  if (await prompt.confirm({ message: `Add ${names}?`, flag: '--yes' })) return;
  throw new McpctlError('CANCELLED', 'Nothing was added.');
}

async function answer(
  { planned }: PlanResult,
  flags: AddFlags,
  context: Context,
  target: ScopeTarget & { readonly keeping: StoreChoice },
): Promise<{ plans: AddPlan[]; failed: { name: string; error: McpctlError }[] }> {
  const plans: AddPlan[] = [];
  const failed: { name: string; error: McpctlError }[] = [];
  const resolver = scopedResolver(context, target);
  const options = {
    prompt: context.prompt,
    given: grouped(flags.set),
    isSet: async (name: string) => await isSet(name, resolver),
    readyToKeep: (name: string) => target.keeping.ready(name),
    needsAll: flags.verify,
    cwd: context.cwd,
    home: context.paths.home,
  };
  for (const { resolution, resolveTime } of planned) {
    try {
      plans.push({ resolution, resolveTime, ...(await askFor(resolution.spec, options)) });
    } catch (error) {
      if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
      failed.push({ name: resolution.spec.name, error });
    }
  }
  return { plans, failed };
}

async function isSet(name: string, resolver: ReturnType<typeof scopedResolver>): Promise<boolean> {
  try {
    await resolver.resolve({ value: `\${${name}}` });
    return true;
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'SECRET_MISSING') return false;
    throw error;
  }
}

function grouped(words: readonly string[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const word of words) {
    const [[name, value] = ['', '']] = Object.entries(parseAssignments([word], '--set'));
    values[name] = [...(values[name] ?? []), value];
  }
  return values;
}
