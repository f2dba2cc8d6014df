import type { Context } from '../../cli/context.ts';
import { messageOf } from '../../core/errors.ts';
import { createFingerprint } from '../../secrets/fingerprint.ts';
import type { Spec } from '../../servers/spec.ts';
import type { Settings } from '../../settings/settings.ts';
import { knownRegistries, openClient } from './known-registries.ts';

/** Tells the registries of the user's own what was added, where the settings say so. A failure is no failure of `add`. */
export async function tellInstalls(
  specs: readonly Spec[],
  settings: Settings,
  context: Context,
): Promise<void> {
  if (!settings.registries.countInstalls) return;
  const known = knownRegistries(settings, context);
  for (const { registry: from, catalog, registryVersion } of specs) {
    const registry = known.find(({ name, isOwn }) => isOwn && name === from);
    if (!registry || catalog === undefined || registryVersion === undefined) continue;
    try {
      const fingerprint = await createFingerprint(context.paths.state);
      const client = openClient(registry, settings, context);
      // Another one for every server: nobody can tell which servers one machine has.
      await client.countInstall(catalog, registryVersion, fingerprint(`${registry.url} ${catalog}`));
    } catch (error) {
      context.output.note(`The registry ${registry.name} could not be told of it: ${messageOf(error)}`);
    }
  }
}
