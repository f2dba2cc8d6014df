import { readdir } from 'node:fs/promises';
import { isSystemError, McpctlError } from '../core/errors.ts';
import type { Paths } from '../platform/paths.ts';
import type { Keychain } from '../secrets/keychain.ts';
import type { KeychainPart } from '../secrets/keychain-part.ts';
import { openKeychain, type SecretMachine } from '../secrets/resolver-for.ts';
import type { AuditSettings } from '../settings/settings.ts';
import { type AuditLog, createAuditLog } from './audit-log.ts';
import { type AuditPlace, auditPlace, listLogFiles } from './log-files.ts';
import { type LogKeys, openLogKeys } from './log-keys.ts';

/** The parts of the machine the log needs; a command's `Context` has them all. */
export interface AuditMachine extends SecretMachine {
  readonly paths: Paths;
  readonly program: { readonly version: string; readonly script: string };
  readonly now: () => Date;
}

export type FoundKeys = LogKeys | { readonly unsealed: string };

export interface WriteOptions {
  /** Told once when personal fields are left out. */
  warn(line: string): void;
  /** Whether days older than is kept are removed. */
  readonly retires?: boolean;
  /** Whether this process lives on and should stay small. */
  readonly isLasting?: boolean;
}

/** The log of the region the settings name, for writing. */
export function openAuditLog(
  machine: AuditMachine,
  settings: AuditSettings,
  { warn, retires = false, isLasting = false }: WriteOptions,
): AuditLog {
  const { program, now } = machine;
  const place = auditPlace(machine.paths, settings.region);
  return createAuditLog({
    place,
    keys: async () => await keysFor(machine, place, settings, { mayCreate: true, warn, isApart: isLasting }),
    payloads: settings.payloads,
    syncsEach: settings.syncsEach,
    version: program.version,
    now,
    ...(retires && !settings.hold && { firstDay: firstDayKept(settings.retentionDays, now()) }),
  });
}

const DAY_MS = 86_400_000;

/** The first day that is kept. */
export function firstDayKept(days: number, now: Date): string {
  return new Date(now.getTime() - days * DAY_MS).toISOString().slice(0, 10);
}

/** The keys of a log for reading; none is made. */
export async function findKeys(
  machine: AuditMachine,
  place: AuditPlace,
  settings: AuditSettings,
): Promise<FoundKeys> {
  return await keysFor(machine, place, settings, { mayCreate: false });
}

/** The keys of the log the settings name, made when there are none; `unsealed` says why there are none all the same. */
export async function makeKeys(machine: AuditMachine, settings: AuditSettings): Promise<FoundKeys> {
  return await keysFor(machine, auditPlace(machine.paths, settings.region), settings, { mayCreate: true });
}

/** The logs of all regions there ever were on this machine. */
export async function allPlaces(paths: Pick<Paths, 'audit' | 'locks'>): Promise<AuditPlace[]> {
  const names = await readdir(paths.audit).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  const regions = names.flatMap((name) => /^region-(.+)$/.exec(name)?.[1] ?? []);
  return [auditPlace(paths), ...regions.map((region) => auditPlace(paths, region))];
}

interface KeyWish {
  readonly mayCreate: boolean;
  /** Whether the keychain is asked from a process of its own. */
  readonly isApart?: boolean;
  readonly warn?: (line: string) => void;
}

async function keysFor(
  machine: AuditMachine,
  place: AuditPlace,
  { key: store }: AuditSettings,
  { mayCreate, warn, isApart = false }: KeyWish,
): Promise<FoundKeys> {
  const { platform } = machine;
  let keychain: Keychain | undefined;
  try {
    const keys = await openLogKeys({
      place,
      store,
      mayCreate,
      platform,
      async keychain() {
        keychain = await openKeychain(machine, { part: AUDIT_KEYS, isApart });
        return keychain;
      },
    });
    return keys ?? { unsealed: store === 'none' ? 'audit.key is none' : 'there is none yet' };
  } catch (error) {
    // Calls are still recorded, without what would need a key; never in the clear instead.
    if (!(error instanceof McpctlError) || !FALLBACK.has(error.code)) throw error;
    if (error.code !== 'KEYCHAIN_UNAVAILABLE' || !(await wasTold(place))) {
      warn?.(
        `The audit log leaves out who called and with what: ${error.message} To keep its key in a file: mcpctl config set audit.key file`,
      );
    }
    return { unsealed: error.code };
  } finally {
    // Its worker would stay for as long as the session of a client.
    keychain?.close();
  }
}

/** Once a machine: every row without its fields says the same, and so does `audit verify`. */
async function wasTold(place: AuditPlace): Promise<boolean> {
  return (await listLogFiles(place)).chains.some((chain) => chain.startsWith('o'));
}

/** The keys of logs are none of the user's secrets. */
const AUDIT_KEYS: KeychainPart = {
  service: 'mcpctl audit',
  name: 'audit-keys',
  elsewhere: ['Or keep the key in a file: mcpctl config set audit.key file'],
};

const FALLBACK = new Set<string>([
  'KEYCHAIN_UNAVAILABLE',
  'SECRET_CORRUPT',
  'SECRET_FILE_UNSAFE',
  'LOCK_TIMEOUT',
]);
