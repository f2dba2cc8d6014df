import type { ClientEntry } from './entry.ts';
import { partsOfManaged } from './managed.ts';
import type { Change, FilePlan, SyncPlan } from './plan.ts';
import type { ClientProblem } from './problem.ts';

/** A difference between what mcpctl means a client to have and what stands in its file. */
export interface DriftFinding extends ClientProblem {
  readonly path: string;
  /** Ids of the clients that read the file. */
  readonly clients: readonly string[];
}

/**
 * Differences a user would notice, from a plan made without `force`. An entry whose Node or mcpctl differs from the
 * running one is fine while both files exist: people switch between versions of Node.
 */
export async function findDrift(
  plan: SyncPlan,
  exists: (path: string) => Promise<boolean>,
): Promise<DriftFinding[]> {
  const findings = await Promise.all(plan.files.map((file) => driftOf(file, exists)));
  return findings.flat();
}

async function driftOf(plan: FilePlan, exists: (path: string) => Promise<boolean>): Promise<DriftFinding[]> {
  const { file, changes, problems } = plan;
  const place = { path: file.path, clients: file.clients.map(({ id }) => id) };
  const fromChanges = await Promise.all(changes.map((change) => judge(change, plan, exists)));
  return [...problems.filter(({ code }) => code !== 'CLIENT_RUNNING'), ...fromChanges.flat()].map(
    (problem) => ({
      ...problem,
      ...place,
    }),
  );
}

async function judge(
  change: Change,
  { file }: FilePlan,
  exists: (path: string) => Promise<boolean>,
): Promise<ClientProblem[]> {
  const { server, kind, wasWritten } = change;
  const reader = file.clients.map(({ title }) => title).join(', ');
  const hint = `mcpctl sync --client ${file.clients.map(({ id }) => id).join(' --client ')}`;
  if (kind === 'remove') {
    const message = `${reader} still starts ${server}, which is not in the manifest.`;
    return [{ code: 'CLIENT_ENTRY_LEFTOVER', severity: 'warning', server, message, hint }];
  }
  if (kind === 'add') {
    return wasWritten
      ? [
          {
            code: 'CLIENT_ENTRY_MISSING',
            severity: 'error',
            server,
            message: `The entry ${server} is gone from ${reader}.`,
            hint,
          },
        ]
      : [
          {
            code: 'CLIENT_ENTRY_UNSYNCED',
            severity: 'warning',
            server,
            message: `${server} is not in ${reader} yet.`,
            hint,
          },
        ];
  }
  const stale = await staleProgram(change, exists);
  if (stale !== undefined) {
    const message = `${reader} starts ${server} with ${stale}, which does not exist.`;
    return [{ code: 'CLIENT_ENTRY_STALE', severity: 'error', server, message, hint }];
  }
  if (differsInProgramOnly(change)) return [];
  const message = `The entry ${server} in ${reader} was changed since mcpctl wrote it.`;
  return [{ code: 'CLIENT_ENTRY_EDITED', severity: 'warning', server, message, hint }];
}

/** The Node or mcpctl of the entry that is no longer there. */
async function staleProgram(
  { before }: Change,
  exists: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  const parts = before && partsOfManaged(before);
  for (const path of [parts?.node, parts?.script]) {
    if (path !== undefined && isAbsolute(path) && !(await exists(path))) return path;
  }
  return undefined;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
}

function differsInProgramOnly({ before, after }: Change): boolean {
  if (before?.kind !== 'stdio' || after?.kind !== 'stdio') return false;
  const [found, meant] = [partsOfManaged(before), partsOfManaged(after)];
  if (!found?.node || !meant?.node || found.server !== meant.server || found.scope !== meant.scope)
    return false;
  return sameEnvironment(before, after);
}

function sameEnvironment(
  before: ClientEntry & { kind: 'stdio' },
  after: ClientEntry & { kind: 'stdio' },
): boolean {
  const text = (env: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(env).sort());
  return text(before.env) === text(after.env) && before.cwd === after.cwd;
}
