import { McpctlError } from '../core/errors.ts';
import type { LockEntry } from '../manifest/lock-schema.ts';
import type { Machine } from './machine.ts';
import { restoreServers } from './restore.ts';

/** True when `reinstall` can bring back what the lock names. */
export function canReinstall({ source }: LockEntry): boolean {
  return source.type === 'npm' && source.scripts !== true;
}

/**
 * Installs again exactly what the lock names, over whatever stands there.
 * @throws INTEGRITY_MISMATCH when the registry has another build under that version; what resolving and installing throw.
 */
export async function reinstall(name: string, lock: LockEntry, machine: Machine): Promise<void> {
  const [restored] = await restoreServers([{ name, lockEntry: lock }], machine);
  if (!restored?.ok)
    throw restored?.error ?? new McpctlError('INTERNAL', `Nothing was installed for ${name}.`);
}
