import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { setSetting } from '../../settings/edit.ts';
import { readSettings } from '../../settings/read.ts';
import type { OwnRegistry } from '../../settings/settings.ts';
import { refreshFrom } from '../catalog/refresh-flow.ts';
import { chooseRegistry, knownRegistries, openClient } from './known-registries.ts';

export interface ConnectFlags {
  readonly name?: string;
  readonly namespace?: readonly string[];
  readonly token?: string;
  readonly first?: boolean;
  readonly verify: boolean;
  readonly dryRun?: boolean;
}

export interface Connected {
  readonly registry: OwnRegistry;
  /** Settings file. */
  readonly path: string;
  /** In the order in which they are asked. */
  readonly order: readonly string[];
  readonly written: boolean;
  /** Servers of it that searches find from now on; absent where it was not read. */
  readonly servers?: number;
}

/** Puts a registry into the user's settings, behind those that are there. @throws USAGE, and what asking it throws. */
export async function connectFlow(url: string, flags: ConnectFlags, context: Context): Promise<Connected> {
  const { paths, cwd, now, signal } = context;
  const { settings } = await readSettings(context);
  if (!/^https?:\/\/\S+$/.test(url) || !URL.canParse(url)) {
    throw new McpctlError('USAGE', `${JSON.stringify(url)} is no address of a registry.`, {
      hint: 'mcpctl registry connect https://registry.acme.example',
    });
  }
  const address = url.replace(/\/+(v0(\.1)?\/*)?$/, '');
  if (flags.verify) {
    const registry = chooseRegistry(
      { registry: address },
      { ...settings, registries: { ...settings.registries, own: [] } },
      context,
    );
    await openClient(registry, settings, context).list({ most: 1 });
  }
  const registry: OwnRegistry = {
    name: flags.name ?? nameOf(address),
    url: address,
    ...(flags.namespace && { namespaces: flags.namespace }),
    ...(flags.token !== undefined && { token: flags.token }),
  };
  const others = settings.registries.own.filter(({ name }) => name !== registry.name);
  const own = flags.first ? [registry, ...others] : [...others, registry];
  const dryRun = flags.dryRun ?? false;
  const value = JSON.stringify(own);
  const change = await setSetting({
    paths,
    cwd,
    now,
    signal,
    key: 'registries.own',
    value,
    scope: 'user',
    dryRun,
  });
  const servers = dryRun || !flags.verify ? undefined : await readNow(registry.name, context);
  return {
    registry,
    path: change.path,
    order: own.map(({ name }) => name),
    written: change.changed && !dryRun,
    ...(servers !== undefined && { servers }),
  };
}

/** What it lists is searched at once; where it cannot be read now, `search` tries again. */
async function readNow(name: string, context: Context): Promise<number | undefined> {
  const { settings } = await readSettings(context);
  const registries = knownRegistries(settings, context);
  try {
    const { sources } = await refreshFrom(registries, { registry: [name] }, settings, context);
    const read = sources.find((source) => source.name === name);
    return read?.error ? undefined : read?.servers;
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    return undefined;
  }
}

function nameOf(url: string): string {
  const name = new URL(url).hostname
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32);
  return name === '' ? 'registry' : name;
}
