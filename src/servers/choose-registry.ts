import { McpctlError } from '../core/errors.ts';
import { coversName } from '../core/registry-names.ts';
import { type RegistryOptions, specFromRegistry } from './from-registry.ts';
import type { Spec } from './spec.ts';

/** A registry that may be asked, as the settings have it. */
export interface KnownRegistry {
  readonly name: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** Names that come from here or from nowhere. */
  readonly namespaces: readonly string[];
  /** False for the public one everybody has. */
  readonly isOwn: boolean;
  /** Undefined when it wants none. */
  token(): Promise<string | undefined>;
}

/**
 * Finds a server in registries in their order; the first that has the name decides, whatever versions others have. A
 * name of a pinned namespace is looked for where it is pinned to and nowhere else, and a registry that does not answer
 * stops the search: otherwise a stranger's server of the same name would come in its place.
 * @throws PACKAGE_NOT_FOUND, and what `specFromRegistry` and the network throw.
 */
export async function specFromRegistries(
  name: string,
  registries: readonly KnownRegistry[],
  options: Pick<RegistryOptions, 'fetch' | 'signal' | 'nameFor'>,
): Promise<Spec> {
  const asked = registriesFor(name, registries);
  for (const registry of asked) {
    const token = await registry.token();
    const spec = await specFromRegistry(name, {
      ...options,
      baseUrl: registry.url,
      withDeleted: registry.isOwn,
      ...(token !== undefined && { token }),
    });
    if (!spec) continue;
    if (!registry.isOwn) return spec;
    return {
      ...spec,
      registry: registry.name,
      notes: [`From the registry ${registry.name} (${registry.url}).`, ...spec.notes],
    };
  }
  const names = asked.map((one) => (one.isOwn ? one.name : one.url)).join(', ');
  const isPinned = asked.length > 0 && asked.every(({ namespaces }) => coversName(namespaces, name));
  throw new McpctlError('PACKAGE_NOT_FOUND', `There is no server ${name} in ${names || 'any registry'}.`, {
    hint: isPinned
      ? `Names such as this come from ${names} alone (registries.own in your settings): mcpctl registry list`
      : 'mcpctl list --catalog',
    data: { registries: asked.map(({ url }) => url) },
  });
}

/** Those a name may come from, in their order. */
export function registriesFor(name: string, registries: readonly KnownRegistry[]): readonly KnownRegistry[] {
  const pinned = registries.filter(({ namespaces }) => coversName(namespaces, name));
  return pinned.length > 0 ? pinned : registries;
}
