import { applySync } from '../clients/apply.ts';
import type { ClientEntry } from '../clients/entry.ts';
import { fromManifest } from '../clients/manifest-entry.ts';
import { updateRecord } from '../clients/record.ts';
import { joinOf, type ServerSource, type Survey, surveyClients } from '../clients/survey.ts';
import { McpctlError } from '../core/errors.ts';
import type { ServerEntry } from '../manifest/entry.ts';
import { readManifests } from '../manifest/manifest.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { createBackups } from '../platform/backups.ts';
import { directEntry } from '../servers/direct-entry.ts';
import type { Machine } from './machine.ts';

export interface Sources {
  readonly user: ServerSource;
  readonly project?: ServerSource;
}

/** The installed clients and what sync would do to their files. Changes nothing. */
export async function surveyInstalled(
  machine: Machine,
  manifests: Sources,
  clients?: string[],
): Promise<Survey> {
  const { platform, env, paths, program } = machine;
  return await surveyClients({
    platform,
    env,
    paths,
    launcher: program,
    manifests,
    launch: (name, entry) => launchFor(name, entry, machine),
    ...(clients && { clients }),
  });
}

/** A tree that was changed is found with its server; here its entry counts as it stands. */
async function launchFor(name: string, entry: ServerEntry, machine: Machine): Promise<ClientEntry> {
  try {
    return await directEntry(name, entry, machine);
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'INTEGRITY_MISMATCH') return fromManifest(entry);
    throw error;
  }
}

/** Does what `mcpctl sync --client …` does. The manifests are read again: an earlier fix may have changed them. */
export async function resync(machine: Machine, clients: string[]): Promise<void> {
  const { paths, platform, now } = machine;
  const manifests = await readManifests({ paths, cwd: machine.cwd });
  const { plan } = await surveyInstalled(machine, manifests, clients);
  const backups = createBackups({ folder: paths.backups, now });
  const { failed } = await applySync(plan, {
    save: (path) => backups.save(path),
    updateRecord: (change) => updateRecord(paths, joinOf(platform), change),
  });
  const [first] = [
    ...failed.map(({ problem }) => problem),
    ...plan.files.flatMap(({ isBlocked, problems }) => (isBlocked ? problems.slice(-1) : [])),
  ];
  if (first) throw new McpctlError(first.code, first.message, { ...(first.hint && { hint: first.hint }) });
}

export interface Rewrite {
  readonly path: string;
  readonly text: string;
  /** SHA-256 of what was read. */
  readonly sha256: string | null;
}

/** Replaces a file after a backup, unless somebody changed it since it was read. */
export async function rewrite(machine: Machine, { path, text, sha256 }: Rewrite): Promise<void> {
  await createBackups({ folder: machine.paths.backups, now: machine.now }).save(path);
  await writeFileAtomic(path, text, { expectedSha256: sha256 });
}
