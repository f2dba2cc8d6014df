import type { SignInSettings } from '../auth/sign-in-settings.ts';
import { signInSettingsOf } from '../auth/sign-in-settings-of.ts';
import { vendorOf } from '../auth/vendor.ts';
import { McpctlError } from '../core/errors.ts';
import type { ChosenServer } from '../manifest/choose.ts';
import { isRemote } from '../manifest/entry.ts';
import { readLock } from '../manifest/lock.ts';
import { resolverFor } from '../secrets/resolver-for.ts';
import type { ServerMachine } from './server-target.ts';

/**
 * How to sign in to a server of a manifest, references resolved.
 * @throws USAGE for a server that is a program, and what resolving throws.
 */
export async function signInSettings(
  { server: { name, entry, scope, manifest }, project }: Pick<ChosenServer, 'server' | 'project'>,
  machine: ServerMachine,
): Promise<SignInSettings> {
  if (!isRemote(entry)) {
    throw new McpctlError('USAGE', `${name} runs on this machine; nobody signs in to it with a browser.`, {
      hint: `It takes keys in its environment: mcpctl info ${name}`,
      data: { server: name },
    });
  }
  const lock = await readLock(manifest);
  const resolver = resolverFor(machine, { scope, server: name, ...(project && { projectFolder: project }) });
  const resolve = async (values: Readonly<Record<string, string>>) =>
    (await resolver.resolve(values, machine.signal)).values;
  const { url = entry.url } = await resolve({ url: entry.url });
  const catalog = await vendorOf(url, lock.servers[name]?.catalog);
  return await signInSettingsOf({ name, entry, resolve, ...(catalog && { catalog }) });
}
