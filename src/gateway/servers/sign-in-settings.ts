import type { SignInSettings } from '../../auth/sign-in-settings.ts';
import { signInSettingsOf } from '../../auth/sign-in-settings-of.ts';
import { vendorOf } from '../../auth/vendor.ts';
import { McpctlError } from '../../core/errors.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import { isRemote, type ServerEntry } from '../../manifest/entry.ts';
import { readLock } from '../../manifest/lock.ts';
import type { Scope } from '../../manifest/scopes.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import { readSettings } from '../../settings/read.ts';
import type { ServerMachine } from './server-target.ts';

/**
 * How to sign in to a server of a manifest, references resolved.
 * @throws USAGE for a server that is a program, and what resolving throws.
 */
export async function signInSettings(
  { server: { name, entry, scope, manifest }, project }: Pick<ChosenServer, 'server' | 'project'>,
  machine: ServerMachine,
): Promise<SignInSettings> {
  const { catalog } = (await readLock(manifest)).servers[name] ?? {};
  const server = { name, entry, scope, ...(catalog !== undefined && { catalog }) };
  return await settingsForEntry(
    { ...server, ...(project !== undefined && { projectFolder: project }) },
    machine,
  );
}

export interface EntryToSignIn {
  readonly name: string;
  readonly entry: ServerEntry;
  /** Of the manifest the entry stands in, or is going to. */
  readonly scope: Scope;
  /** Slug its lock names. */
  readonly catalog?: string;
  /** Folder whose `.env` counts. */
  readonly projectFolder?: string;
}

/** The same for an entry that need not be written yet. */
export async function settingsForEntry(
  server: EntryToSignIn,
  machine: ServerMachine,
): Promise<SignInSettings> {
  const { name, entry, scope, projectFolder } = server;
  if (!isRemote(entry)) {
    throw new McpctlError('USAGE', `${name} runs on this machine; nobody signs in to it with a browser.`, {
      hint: `It takes keys in its environment: mcpctl info ${name}`,
      data: { server: name },
    });
  }
  const { paths, signal } = machine;
  const resolver = resolverFor(machine, { scope, server: name, ...(projectFolder && { projectFolder }) });
  const resolve = async (values: Readonly<Record<string, string>>) =>
    (await resolver.resolve(values, signal)).values;
  const { url = entry.url } = await resolve({ url: entry.url });
  const catalog = await vendorOf(url, server.catalog);
  // The user's own settings only: a project must not decide as whom its users sign in.
  const { auth, network } = (await readSettings({ paths, cwd: paths.home })).settings;
  const { clientMetadataUrl } = auth;
  return await signInSettingsOf({
    name,
    entry,
    resolve,
    privateHosts: network.allowPrivate,
    ...(catalog && { catalog }),
    ...(clientMetadataUrl !== undefined && { clientMetadataUrl }),
  });
}
