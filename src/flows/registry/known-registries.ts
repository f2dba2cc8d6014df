import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { createRegistryClient, type RegistryClient } from '../../marketplace/client.ts';
import { createFetch } from '../../platform/fetch.ts';
import { resolverFor, type SecretMachine } from '../../secrets/resolver-for.ts';
import { type KnownRegistry, registriesFor } from '../../servers/choose-registry.ts';
import type { Settings } from '../../settings/settings.ts';

const PUBLIC_REGISTRY = 'https://registry.modelcontextprotocol.io';
/** For where no settings are kept, such as CI. */
const TOKEN_VARIABLE = 'MCPCTL_REGISTRY_TOKEN';

/** The registries of the settings in their order, the public one last. */
export function knownRegistries(
  { registries }: Pick<Settings, 'registries'>,
  machine: SecretMachine & { readonly paths: { readonly settings: string } },
): KnownRegistry[] {
  const own = registries.own.map(
    ({ name, url, namespaces = [], token }): KnownRegistry => ({
      name,
      url: url.replace(/\/+$/, ''),
      namespaces,
      isOwn: true,
      async token() {
        if (token === undefined) return undefined;
        const resolver = resolverFor(machine, { scope: 'user', projectFolder: machine.paths.settings });
        return (await resolver.resolve({ token })).values.token;
      },
    }),
  );
  const url = (registries.mcp ?? PUBLIC_REGISTRY).replace(/\/+$/, '');
  return [...own, { name: 'public', url, namespaces: [], isOwn: false, token: async () => undefined }];
}

export interface RegistryFlags {
  /** Name of the settings, or an address. */
  readonly registry?: string;
}

/**
 * The registry that was asked for, else the first a name may come from that is the user's own.
 * @throws REGISTRY_UNKNOWN
 */
export function chooseRegistry(
  flags: RegistryFlags,
  settings: Settings,
  context: Context,
  name?: string,
): KnownRegistry {
  const known = knownRegistries(settings, context);
  const asked = flags.registry;
  if (asked === undefined) {
    const own = (name === undefined ? known : registriesFor(name, known)).find(({ isOwn }) => isOwn);
    if (own) return own;
    throw new McpctlError('REGISTRY_UNKNOWN', 'No registry of your own is in the settings.', {
      hint: 'Name one: --registry <url>, or keep it: mcpctl registry connect <url>',
    });
  }
  const found = known.find((one) => one.name === asked || one.url === asked.replace(/\/+$/, ''));
  if (found) return found;
  if (/^https?:\/\/\S+$/.test(asked) && URL.canParse(asked)) {
    const url = asked.replace(/\/+$/, '');
    return { name: url, url, namespaces: [], isOwn: true, token: async () => undefined };
  }
  throw new McpctlError(
    'REGISTRY_UNKNOWN',
    `There is no registry ${JSON.stringify(asked)} in the settings.`,
    {
      hint: `There is: ${known.map((one) => one.name).join(', ')}. An address may be named as well.`,
      data: { registries: known.map((one) => one.name) },
    },
  );
}

/** Speaks to a registry the user named, with the token it wants: that of the environment before that of the settings. */
export async function clientOf(
  registry: KnownRegistry,
  settings: Settings,
  context: Context,
): Promise<RegistryClient> {
  const token = context.env[TOKEN_VARIABLE] || (await registry.token());
  return openClient(registry, settings, context, token);
}

/** Speaks to a registry with no more than the token given. */
export function openClient(
  { url }: KnownRegistry,
  { network }: Settings,
  { env, signal }: Context,
  token?: string,
): RegistryClient {
  const fetch = createFetch({ env, allowPrivate: ['loopback', ...network.allowPrivate] });
  return createRegistryClient({ url, fetch, signal, ...(token && { token }) });
}
