import { dirname } from 'node:path';
import { findInCatalog, suggestFromCatalog } from '../../catalog/find.ts';
import { type CatalogWay, chooseWay } from '../../catalog/way.ts';
import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { McpctlError } from '../../core/errors.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import { readLock } from '../../manifest/lock.ts';
import { readManifest } from '../../manifest/manifest.ts';
import { findProjectManifest, projectManifest, type Scope } from '../../manifest/scopes.ts';
import type { SecretStore } from '../../secrets/secret-reader.ts';
import { type AddOutcome, type AddPlan, addServers } from '../../servers/add/add-servers.ts';
import { adjustSpec } from '../../servers/add/adjust.ts';
import { askFor } from '../../servers/add/answers.ts';
import { type PlanResult, planServers, renderPlan } from '../../servers/add/plan-servers.ts';
import { type AddWords, parseAssignments, parseHeaders } from '../../servers/add/words.ts';
import { specFromCatalog } from '../../servers/from-catalog.ts';
import { specFromRegistry } from '../../servers/from-registry.ts';
import type { Machine } from '../../servers/machine.ts';
import { anchored, nameFor, resolveSpec, specOfCommand } from '../../servers/resolve-spec.ts';
import { isMissing, restoreServers } from '../../servers/restore.ts';
import type { Spec } from '../../servers/spec.ts';
import { readSettings } from '../../settings/read.ts';
import { chosenClients } from '../clients/chosen-clients.ts';
import { addPorts, type ScopeTarget, scopedResolver } from './add-ports.ts';
import { scriptsUnapproved } from './install-locked.ts';
import { serverMachine } from './server-machine.ts';
import { createStoreChoice, type StoreChoice } from './store-choice.ts';

export interface AddFlags {
  readonly name?: string;
  readonly scope?: Scope | 'local';
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly verify: boolean;
  readonly sync: boolean;
  /** Ids of clients to tell, installed or not; those of the settings, or every one found, when undefined. */
  readonly client?: readonly string[];
  readonly allowScripts?: boolean;
  readonly force?: boolean;
  readonly write?: boolean;
  readonly via?: string;
  readonly auth?: CatalogWay['auth'];
  readonly profile?: string;
  readonly bin?: string;
  readonly transport?: 'http' | 'sse' | 'stdio';
  readonly env: readonly string[];
  readonly header: readonly string[];
  readonly arg: readonly string[];
  readonly set: readonly string[];
  readonly store?: SecretStore;
}

export interface FlowResult extends AddOutcome {
  /** With `--dry-run`: what would be done. */
  readonly plans: PlanResult['planned'];
  /** Servers the manifest has already, installed again as they are locked. */
  readonly restored: readonly { readonly name: string; readonly folder?: string }[];
}

const MCP_REGISTRY = 'https://registry.modelcontextprotocol.io';

/** The whole of `add`: specs, plan, questions, and what `addServers` does. */
export async function addFlow(words: AddWords, flags: AddFlags, context: Context): Promise<FlowResult> {
  const { settings } = await readSettings(context);
  const clients = await chosenClients(flags.client, context);
  const chosen = { scope: settings.defaultScope, store: settings.secrets.store, ...flags };
  const target = await scopeTarget(chosen, context);
  const machine = serverMachine(context, settings.registries);
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
    registry: settings.registries.mcp,
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
    }),
    flags,
  );
  throwIfAlone(outcome.failed, specs.length);
  const { added } = outcome;
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

interface LookUp extends Pick<Context, 'cwd' | 'paths' | 'signal'> {
  readonly machine: Machine;
  readonly scope: Scope;
  /** Base address of the MCP registry. */
  readonly registry?: string | undefined;
}

async function specsOf(words: AddWords, flags: AddFlags, look: LookUp): Promise<Spec[]> {
  const name = flags.name ?? words.name;
  const { cwd, paths, machine, scope, signal, registry = MCP_REGISTRY } = look;
  const baseUrl = registry.replace(/\/+$/, '');
  const specs = words.command
    ? [specOfCommand(scope === 'project' ? words.command : anchored(words.command, cwd), name)]
    : await Promise.all(
        words.servers.map((argument) =>
          resolveSpec(argument, {
            cwd,
            home: paths.home,
            findInCatalog: (asked) => catalogSpec(asked, flags),
            findInRegistry: (asked) =>
              specFromRegistry(asked, { baseUrl, fetch: machine.fetch, signal, nameFor }),
            suggest: (asked) => suggestFromCatalog(asked),
          }),
        ),
      );
  const adjustment = {
    env: parseAssignments(flags.env, '--env'),
    headers: parseHeaders(flags.header),
    args: flags.arg,
    findSecret: findLiteralSecret,
    ...(name !== undefined && { name }),
    ...(flags.transport && { transport: flags.transport }),
    ...(flags.bin !== undefined && { bin: flags.bin }),
  };
  const isAdjusted = name !== undefined || flags.env.length + flags.header.length + flags.arg.length > 0;
  if (specs.length > 1 && isAdjusted) {
    throw new McpctlError('USAGE', '--name, --env, --header and --arg are for one server at a time.', {
      hint: 'Add that server in a command of its own.',
    });
  }
  return specs.map((spec) => adjustSpec(spec, adjustment));
}

async function catalogSpec(
  asked: string,
  { write, via, profile, auth }: AddFlags,
): Promise<Spec | undefined> {
  const match = await findInCatalog(asked);
  if (!match) return undefined;
  const chosen = profile === undefined ? match : { ...match, profile };
  const { kinds } = match.entry.auth;
  if (auth !== undefined && !match.alternative && !kinds.includes(auth)) {
    throw new McpctlError('USAGE', `${match.entry.title} has no sign-in of kind ${auth}.`, {
      hint: `Choose one of: ${kinds.join(', ')}`,
    });
  }
  const way = chooseWay(chosen, {
    ...(write && { write }),
    ...(via !== undefined && { transport: via }),
    ...(auth && { auth }),
  });
  if (way) return specFromCatalog(chosen, way, asked);
  const ways = (match.alternative ?? match.entry).transports.map(({ id }) => id);
  throw new McpctlError('USAGE', `${match.entry.title} cannot be reached via ${via}.`, {
    hint: `Choose one of: ${ways.join(', ')}`,
  });
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
