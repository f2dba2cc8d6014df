import type { Context } from '../../cli/context.ts';
import { type ImportPlan, planImport } from '../../clients/import-plan.ts';
import { type SyncRecord, updateRecord } from '../../clients/record.ts';
import { joinOf, requireClients } from '../../clients/survey.ts';
import { McpctlError } from '../../core/errors.ts';
import { removeServer, setServer } from '../../manifest/edit.ts';
import { type Manifests, readManifests } from '../../manifest/manifest.ts';
import { readDotenv } from '../../secrets/dotenv.ts';
import { openKeychain } from '../../secrets/resolver-for.ts';
import { checkStore, type StoreRequest, storeSecret } from '../../secrets/store-secret.ts';
import { readSettings } from '../../settings/read.ts';
import { surveyOf } from './clients-survey.ts';

export interface ImportFlags {
  readonly client?: string[];
  readonly scope?: 'user' | 'project';
  /** Where the settings say when undefined. */
  readonly store?: 'keychain' | 'env';
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface ImportOutcome {
  readonly plan: ImportPlan;
  readonly isDone: boolean;
}

/** Plans the import, asks, keeps the secrets, writes the manifest and remembers the entries as adopted. */
export async function importFlow(flags: ImportFlags, context: Context): Promise<ImportOutcome> {
  const { cwd, paths } = context;
  const { settings } = await readSettings(context);
  const { store = settings.secrets.store } = flags;
  const manifests = await readManifests({ paths, cwd });
  const survey = await surveyOf(context, {
    ...(flags.client && { clients: flags.client }),
    ...(flags.scope && { scopes: [flags.scope] }),
  });
  requireClients(survey);
  const { user, project } = manifests;
  const input = {
    files: survey.plan.files.map(({ file }) => file),
    manifests: { user: user.servers, ...(project && { project: project.servers }) },
    record: survey.record,
  };
  const projectFolder = project?.project ?? cwd;
  const first = await planImport(input);
  const reserved = await existingValues([...first.secrets.keys()], projectFolder, context);
  const plan = reserved.size > 0 ? await planImport({ ...input, reserved }) : first;
  if (plan.servers.length === 0 || flags.dryRun) return { plan, isDone: false };
  const requests = [...plan.secrets].map(([name, value]) => ({
    name,
    value,
    store,
    projectFolder,
    signal: context.signal,
  }));
  // A store that cannot be used is found out before anything is written.
  for (const request of requests) await checkStore(context, request);
  await confirm(plan, { ...flags, store }, context);
  await write(plan, { requests, manifests, context });
  return { plan, isDone: true };
}

/** What the names stand for already, wherever a reference would look: another value must get another name. */
async function existingValues(
  names: readonly string[],
  projectFolder: string,
  context: Context,
): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const [dotenv, keychain] = await Promise.all([readDotenv(projectFolder), openKeychain(context)]);
  const found = await Promise.all(
    names.map(async (name) => {
      const stored = (await keychain.isListed(name)) ? await keychain.get(name, context.signal) : undefined;
      return [name, context.env[name] ?? dotenv.get(name) ?? stored] as const;
    }),
  );
  return new Map(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

async function confirm(
  { servers, secrets }: ImportPlan,
  flags: ImportFlags & Pick<StoreRequest, 'store'>,
  { output, prompt }: Context,
): Promise<void> {
  if (flags.yes) return;
  output.note(`Found ${servers.map(({ name }) => name).join(', ')}.`);
  if (secrets.size > 0) {
    const place = flags.store === 'keychain' ? 'the system keychain' : '.env';
    output.note(`Secrets that would move to ${place}: ${[...secrets.keys()].join(', ')}.`);
  }
  if (await prompt.confirm({ message: 'Take them into the manifest?', flag: '--yes' })) return;
  throw new McpctlError('CANCELLED', 'Nothing was written.');
}

interface Writing {
  readonly requests: readonly StoreRequest[];
  readonly manifests: Manifests;
  readonly context: Context;
}

async function write({ servers }: ImportPlan, { requests, manifests, context }: Writing): Promise<void> {
  for (const request of requests) await storeSecret(context, request);
  const added: Parameters<typeof removeServer>[0][] = [];
  try {
    for (const { name, scope, entry, isKnown } of servers) {
      if (isKnown) continue;
      const { path } = (scope === 'project' && manifests.project) || manifests.user;
      const edit = { ...context, path, scope, name };
      await setServer({ ...edit, entry });
      added.push(edit);
    }
  } catch (error) {
    for (const edit of added) await removeServer(edit);
    throw error;
  }
  await updateRecord(context.paths, joinOf(context.platform), (record) => adopt(record, servers));
}

/** From now on the entries are known, so that sync replaces them. */
function adopt(record: SyncRecord, servers: ImportPlan['servers']): SyncRecord {
  const result: Record<string, SyncRecord[string]> = { ...record };
  for (const { path, server, written } of servers.flatMap(({ sources }) => sources)) {
    const { mode = 'managed', servers: known = {} } = result[path] ?? {};
    result[path] = { mode, servers: { ...known, [server]: written } };
  }
  return result;
}
