import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { REGISTRY_NAME } from '../../core/registry-names.ts';
import type { RegistryClient } from '../../marketplace/client.ts';
import type { Status } from '../../marketplace/events.ts';
import { readSettings } from '../../settings/read.ts';
import { chooseRegistry, clientOf, type RegistryFlags } from './known-registries.ts';

export interface StatusFlags extends RegistryFlags {
  /** All versions when absent. */
  readonly version?: string;
  readonly message?: string;
  readonly replacement?: string;
}

/** Says that a server is active, deprecated or taken out. */
export async function changeStatus(
  name: string,
  status: Status,
  flags: StatusFlags,
  context: Context,
): Promise<{ name: string; status: Status; registry: string }> {
  const { client, registry } = await speakTo(name, flags, context);
  await client.changeStatus(name, flags.version, {
    status,
    ...(flags.message !== undefined && { statusMessage: flags.message }),
    ...(flags.replacement !== undefined && { replacement: flags.replacement }),
  });
  return { name, status, registry };
}

/** Gives a server one to five stars; a later rating of the same token replaces it. @throws USAGE */
export async function rateServer(
  name: string,
  stars: string,
  flags: RegistryFlags,
  context: Context,
): Promise<{ name: string; stars: number; registry: string }> {
  if (!/^[1-5]$/.test(stars)) throw new McpctlError('USAGE', 'A rating is a number from 1 to 5.');
  const { client, registry } = await speakTo(name, flags, context);
  await client.rate(name, Number(stars));
  return { name, stars: Number(stars), registry };
}

/** Says whose a server is: names of tokens. @throws USAGE */
export async function changeOwners(
  name: string,
  owners: readonly string[],
  flags: RegistryFlags,
  context: Context,
): Promise<{ name: string; owners: string[]; registry: string }> {
  const { client, registry } = await speakTo(name, flags, context);
  return { name, owners: await client.changeOwners(name, owners), registry };
}

async function speakTo(
  name: string,
  flags: RegistryFlags,
  context: Context,
): Promise<{ client: RegistryClient; registry: string }> {
  if (!REGISTRY_NAME.test(name)) {
    throw new McpctlError('USAGE', `${JSON.stringify(name)} is no name of a registry.`, {
      hint: 'Write it in full, as in io.acme/weather. See what there is: mcpctl registry list',
    });
  }
  const { settings } = await readSettings(context);
  const registry = chooseRegistry(flags, settings, context, name);
  return { client: await clientOf(registry, settings, context), registry: registry.url };
}
