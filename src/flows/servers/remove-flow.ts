import { rm } from 'node:fs/promises';
import type { CredentialRow } from '../../auth/store/credential-row.ts';
import { type Credentials, openCredentials } from '../../auth/store/credentials.ts';
import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { applySync } from '../../clients/apply.ts';
import { McpctlError } from '../../core/errors.ts';
import { removeBareManifest, removeServer } from '../../manifest/edit.ts';
import { lockPath, updateLock } from '../../manifest/lock.ts';
import { type Manifests, readManifests } from '../../manifest/manifest.ts';
import type { Scope } from '../../manifest/scopes.ts';
import { openKeychain } from '../../secrets/resolver-for.ts';
import { planRemoval, type Removal, removeFiles } from '../../servers/remove.ts';
import { signOut } from '../auth/logout-flow.ts';
import { rowsOf } from '../auth/rows-of.ts';
import { applyPorts, surveyOf } from '../clients/clients-survey.ts';
import { withEntry } from './add-ports.ts';

export interface RemoveFlags {
  readonly scope?: Scope;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly keepSecrets?: boolean;
}

type Planned = Removal & { readonly signIns: readonly CredentialRow[] };

export interface Removed {
  readonly removed: readonly (Removal & {
    readonly clients: readonly string[];
    /** Issuers it was signed out at. */
    readonly signedOut: readonly string[];
  })[];
  readonly dryRun: boolean;
}

/** Takes servers out of manifest, lock and clients, and deletes what was installed, logged and stored for them. */
export async function removeFlow(
  names: readonly string[],
  flags: RemoveFlags,
  context: Context,
): Promise<Removed> {
  const { paths, cwd, prompt } = context;
  const manifests = await readManifests({ paths, cwd });
  const planned = await planRemoval({
    names: [...new Set(names)],
    manifests,
    paths,
    ...(flags.scope && { scope: flags.scope }),
  });
  const credentials = openCredentials(context);
  const removals = await Promise.all(
    planned.map(async (removal) => ({
      ...removal,
      secrets: flags.keepSecrets ? [] : await storedOnly(removal.secrets, context),
      signIns: flags.keepSecrets ? [] : await signInsOf(removal, { manifests, credentials, context }),
    })),
  );
  context.output.note(removals.map(describe).join('\n'));
  if (flags.dryRun) return { removed: removals.map((removal) => answerFor(removal, [])), dryRun: true };
  const question = {
    message: `Remove ${removals.map(({ name }) => name).join(', ')}?`,
    flag: '--yes',
    initial: false,
  };
  if (!flags.yes && !(await prompt.confirm(question)))
    throw new McpctlError('CANCELLED', 'Nothing was removed.');
  let clients: readonly string[] = [];
  await runTasks(
    [
      {
        title: 'Take it out of manifest and lock',
        run: async () => {
          for (const removal of removals) await removeEntry(removal, context);
        },
      },
      {
        title: 'Tell the clients',
        run: async () => {
          clients = await syncClients(removals, context);
        },
      },
      ...(removals.some(({ signIns }) => signIns.length > 0)
        ? [{ title: 'Sign out', run: async () => await signOutAll(removals, credentials, context) }]
        : []),
      {
        title: 'Delete what was installed',
        run: async () => {
          for (const removal of removals) {
            await removeFiles(removal, paths);
            for (const name of removal.secrets)
              await (await openKeychain(context)).delete(name, context.signal);
          }
        },
      },
    ],
    context,
  );
  return { removed: removals.map((removal) => answerFor(removal, clients)), dryRun: false };
}

function answerFor({ signIns, ...removal }: Planned, clients: readonly string[]): Removed['removed'][number] {
  return { ...removal, clients, signedOut: signIns.map(({ issuer }) => issuer) };
}

/** The sign-ins made under that name, unless a server of that name is left in the other manifest. */
async function signInsOf(
  { name, manifest }: Removal,
  { manifests, credentials, context }: { manifests: Manifests; credentials: Credentials; context: Context },
): Promise<readonly CredentialRow[]> {
  const others = [manifests.user, manifests.project].filter((each) => each && each.path !== manifest);
  if (others.some((each) => each?.servers.has(name))) return [];
  const kept = [manifests.user, manifests.project].flatMap((each) =>
    [...(each?.servers ?? [])].flatMap(([other, entry]) => (other === name ? [] : [entry.profile ?? other])),
  );
  try {
    // Entries of one profile share their sign-in.
    return (await rowsOf(name, credentials, context)).filter(({ profile }) => !kept.includes(profile));
  } catch (error) {
    // An entry that is broken has no address to look for.
    if (error instanceof McpctlError) return [];
    throw error;
  }
}

async function signOutAll(
  removals: readonly Planned[],
  credentials: Credentials,
  context: Context,
): Promise<void> {
  for (const row of removals.flatMap(({ signIns }) => signIns)) {
    const { problems } = await signOut(row, credentials, context);
    for (const problem of problems) context.output.warn(problem);
  }
}

/**
 * Secrets in the keychain, where nobody but mcpctl put them. A `.env` may serve the project's own programs, so what
 * stands there stays.
 */
async function storedOnly(names: readonly string[], context: Context): Promise<string[]> {
  if (names.length === 0) return [];
  const stored = await (await openKeychain(context)).names();
  return names.filter((name) => stored.includes(name));
}

function describe({ name, manifest, folder, secrets, signIns }: Planned): string {
  return [
    `${name}: its entry in ${manifest}, in the lock and in the clients`,
    ...(folder === undefined ? [] : [`  what is installed in ${folder}, and its logs`]),
    ...(secrets.length > 0
      ? [`  the secrets only it uses: ${secrets.join(', ')} (--keep-secrets keeps them)`]
      : []),
    ...signIns.map(({ issuer }) => `  its sign-in at ${issuer} (--keep-secrets keeps it)`),
  ].join('\n');
}

async function removeEntry(
  { name, scope, manifest }: Removal,
  { paths, now, signal }: Context,
): Promise<void> {
  await removeServer({ path: manifest, scope, name, paths, now, signal });
  const { servers } = await updateLock(manifest, (lock) => withEntry(lock, name, undefined), {
    paths,
    signal,
  });
  if (Object.keys(servers).length === 0) await rm(lockPath(manifest), { force: true });
  await removeBareManifest(manifest);
}

async function syncClients(removals: readonly Removal[], context: Context): Promise<string[]> {
  const scopes = [...new Set(removals.map(({ scope }) => scope))];
  const { plan } = await surveyOf(context, { scopes });
  const { written, failed } = await applySync(plan, applyPorts(context));
  for (const { problem } of failed) context.output.warn(problem.message);
  return [...new Set(written.flatMap(({ file }) => file.clients.map(({ title }) => title)))];
}
