import { McpctlError } from '../core/errors.ts';
import type { LockEntry } from '../manifest/lock-schema.ts';
import type { Machine } from './machine.ts';
import { installMany, resolveMany } from './resolve-many.ts';

/** True when `reinstall` can bring back what the lock names. */
export function canReinstall({ source }: LockEntry): boolean {
  return source.type === 'npm' && source.scripts !== true;
}

/**
 * Installs again exactly what the lock names, over whatever stands there.
 * @throws INTEGRITY_MISMATCH when the registry has another build under that version; what resolving and installing throw.
 */
export async function reinstall(name: string, lock: LockEntry, machine: Machine): Promise<void> {
  const { source, catalog } = lock;
  if (source.type !== 'npm') {
    throw new McpctlError('USAGE', `${name} does not come from npm.`, { hint: `mcpctl add ${name} --force` });
  }
  const { package: packageName, version, bin, integrity } = source;
  const spec = {
    name,
    wanted: { type: 'npm', package: packageName, version, bin },
    args: [],
    env: {},
    headers: {},
    variables: [],
    blanks: {},
    integrity,
    notes: [],
    ...(catalog !== undefined && { catalog }),
  } as const;
  const [resolved] = await resolveMany([spec], machine, { allowScripts: false });
  if (!resolved?.ok)
    throw resolved?.error ?? new McpctlError('INTERNAL', `Nothing was resolved for ${name}.`);
  const found = resolved.value.source;
  if (found.type !== 'npm' || found.integrity !== integrity) {
    throw new McpctlError(
      'INTEGRITY_MISMATCH',
      `The registry has another build of ${packageName}@${version} than the lock.`,
      {
        hint: `Ask its authors before you trust it; then: mcpctl add ${name} --force`,
      },
    );
  }
  const [installed] = await installMany([{ name, resolution: resolved.value }], machine);
  if (!installed?.ok)
    throw installed?.error ?? new McpctlError('INTERNAL', `Nothing was installed for ${name}.`);
}
