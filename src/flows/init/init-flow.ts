import { findInCatalog } from '../../catalog/find.ts';
import { loadCatalogIndex } from '../../catalog/load.ts';
import type { Context } from '../../cli/context.ts';
import { applySync } from '../../clients/apply.ts';
import { McpctlError } from '../../core/errors.ts';
import { readManifest } from '../../manifest/manifest.ts';
import type { Scope } from '../../manifest/scopes.ts';
import type { Choice } from '../../platform/prompt.ts';
import type { SecretStore } from '../../secrets/secret-reader.ts';
import type { AddedServer } from '../../servers/add/add-servers.ts';
import { readSettings } from '../../settings/read.ts';
import { chosenClients } from '../clients/chosen-clients.ts';
import { applyPorts, surveyOf } from '../clients/clients-survey.ts';
import { importFlow } from '../clients/import-flow.ts';
import { addFlow, scopeTarget } from '../servers/add-flow.ts';
import type { AddFlags } from '../servers/specs-of.ts';
import { clearProgress, type InitProgress, readProgress, writeProgress } from './progress.ts';
import { STARTERS } from './starters.ts';

export interface InitFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** What the settings say when undefined. */
  readonly scope?: 'user' | 'project';
  /** Catalog or registry names instead of the recommended ones. */
  readonly server?: readonly string[];
  readonly set: readonly string[];
  /** False with `--no-sign-in`. */
  readonly signIn: boolean;
}

type ScopedFlags = InitFlags & { readonly scope: Scope };

export interface InitReport {
  /** Titles of the clients found on the machine. */
  readonly found: readonly string[];
  /** Titles of the clients whose files now hold the servers. */
  readonly told: readonly string[];
  readonly added: readonly AddedServer[];
  readonly failed: readonly { readonly name: string; readonly error: McpctlError }[];
  /** Servers that were set up before. */
  readonly kept: readonly string[];
  /** Milliseconds from start to end. */
  readonly duration: number;
}

/** The client whose file is written when none is found, so that installing it later is all there is to do. */
const FIRST_CLIENT = 'claude-code';

/**
 * Sets a machine up: finds clients, adopts what they have, adds servers, tells the clients.
 * @throws CONFIRMATION_NEEDED where nobody can be asked and `yes` is not given.
 */
export async function initFlow(given: InitFlags, context: Context): Promise<InitReport> {
  const begun = performance.now();
  const { paths, output, prompt } = context;
  if (!prompt.canAsk && !given.yes && !given.dryRun) throw unasked();
  const { settings } = await readSettings(context);
  const flags = { scope: settings.defaultScope, ...given };
  const clients = await chosenClients(undefined, context);
  const found = await findClients(context);
  output.note(
    found.length > 0
      ? `Found ${found.join(', ')}.`
      : 'Found no AI client yet; Claude Code will find its file ready.',
  );
  const before = await readProgress(paths);
  if (before) output.note(`Going on with ${before.servers.join(', ')}, as chosen before.`);
  const isAsking = prompt.canAsk && !flags.yes;
  if (isAsking && found.length > 0 && !before?.isImportDone && !flags.dryRun)
    await offerImport(settings.secrets.store, context);
  const servers = flags.server ?? before?.servers ?? (await choose(isAsking, context));
  if (!flags.dryRun) await writeProgress(paths, { servers, isImportDone: true } satisfies InitProgress);
  const { wanted, kept } = await partKnown(servers, flags, context);
  const choice = clients ? { client: clients } : found.length > 0 ? {} : { client: [FIRST_CLIENT] };
  const outcome =
    wanted.length > 0
      ? await addFlow({ servers: wanted }, addFlags(flags, choice, context), context)
      : { added: [], failed: [] };
  if (flags.dryRun) return { found, told: [], ...outcome, kept, duration: since(begun) };
  const told = outcome.added[0]?.clients ?? (await tellClients(choice, flags, context));
  if (outcome.failed.length === 0) await clearProgress(paths);
  return { found, told, ...outcome, kept, duration: since(begun) };
}

function unasked(): McpctlError {
  return new McpctlError(
    'CONFIRMATION_NEEDED',
    'init asks which servers to set up, and nobody can be asked here.',
    {
      hint: 'Pass --yes for the servers that need no key, or choose: mcpctl init --yes --server <name…>',
    },
  );
}

async function findClients(context: Context): Promise<string[]> {
  const { detections } = await surveyOf(context);
  return detections.flatMap(({ client, isInstalled }) => (isInstalled ? [client.title] : []));
}

/** Servers the clients have already come first: nobody wants to set them up twice. */
async function offerImport(store: SecretStore, context: Context): Promise<void> {
  const { plan } = await importFlow({ store, dryRun: true }, context);
  const names = plan.servers.flatMap(({ name, isKnown }) => (isKnown ? [] : [name]));
  if (names.length === 0) return;
  if (plan.secrets.size > 0)
    context.output.note(
      `Keys found in them would move to ${store === 'env' ? '.env' : 'the system keychain'}: ${[...plan.secrets.keys()].join(', ')}.`,
    );
  const message = `Your clients have ${names.join(', ')}. Take them into the manifest?`;
  if (await context.prompt.confirm({ message, flag: '--yes' }))
    await importFlow({ store, yes: true }, context);
}

async function choose(isAsking: boolean, { prompt }: Context): Promise<readonly string[]> {
  if (!isAsking) return STARTERS.filter(({ isKeyless }) => isKeyless).map(({ slug }) => slug);
  const chosen = await prompt.checkbox({
    message: 'Which servers do you want? (space selects, enter goes on)',
    flag: '--server <name…>',
    choices: await starterChoices(),
  });
  if (chosen.length > 0) return chosen;
  throw new McpctlError('CANCELLED', 'No server was chosen; nothing was set up.', {
    hint: 'mcpctl list --catalog shows every server, mcpctl add <name> adds one.',
  });
}

async function starterChoices(): Promise<Choice<string>[]> {
  const rows = await loadCatalogIndex();
  return await Promise.all(
    STARTERS.map(async ({ slug, isKeyless }) => {
      const match = await findInCatalog(slug);
      const row = rows.find((candidate) => candidate.slug === match?.entry.slug);
      return {
        value: slug,
        name: row?.title ?? slug,
        checked: isKeyless,
        ...(row && { description: row.description }),
      };
    }),
  );
}

/** Parts what is set up already from what is not, by the names the servers would get. */
async function partKnown(
  servers: readonly string[],
  { scope }: ScopedFlags,
  context: Context,
): Promise<{ wanted: string[]; kept: string[] }> {
  const target = await scopeTarget({ scope, store: 'keychain' }, context);
  const manifest = await readManifest(target.path, target.scope);
  const isKnown = async (name: string): Promise<boolean> => {
    const match = await findInCatalog(name);
    return [name, match?.entry.slug, match?.profile].some(
      (known) => known !== undefined && manifest.servers.has(known),
    );
  };
  const wanted: string[] = [];
  const kept: string[] = [];
  for (const name of servers) ((await isKnown(name)) ? kept : wanted).push(name);
  return { wanted, kept };
}

interface ClientChoice {
  readonly client?: readonly string[];
}

function addFlags(
  { dryRun, scope, set, signIn }: ScopedFlags,
  choice: ClientChoice,
  { cwd }: Context,
): AddFlags {
  return {
    yes: true,
    scope,
    verify: true,
    sync: true,
    signIn,
    ...choice,
    ...(dryRun && { dryRun }),
    env: [],
    header: [],
    arg: [],
    // The filesystem server is given the folder the user stands in, and no other.
    set: [`folder=${cwd}`, ...set],
  };
}

async function tellClients(
  { client }: ClientChoice,
  { scope }: ScopedFlags,
  context: Context,
): Promise<readonly string[]> {
  const { plan } = await surveyOf(context, { scopes: [scope], ...(client && { clients: client }) });
  const { failed } = await applySync(plan, applyPorts(context));
  const blocked = plan.files.filter(({ isBlocked }) => isBlocked);
  for (const { message, hint } of [
    ...blocked.flatMap(({ problems }) => problems),
    ...failed.map(({ problem }) => problem),
  ])
    context.output.warn(hint ? `${message} ${hint}` : message);
  const inLine = plan.files.filter(
    (file) => !file.isBlocked && failed.every((failure) => failure.plan !== file),
  );
  return [...new Set(inLine.flatMap(({ file }) => file.clients.map(({ title }) => title)))];
}

function since(begun: number): number {
  return Math.round(performance.now() - begun);
}
