import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { McpctlError } from '../../core/errors.ts';
import { readLock } from '../../manifest/lock.ts';
import { type Manifest, readManifests } from '../../manifest/manifest.ts';
import type { Scope } from '../../manifest/scopes.ts';
import { isMissing, type LockedServer, restoreServers } from '../../servers/restore.ts';
import { readSettings } from '../../settings/read.ts';
import { serverMachine } from './server-machine.ts';

interface MissingServer extends LockedServer {
  readonly scope: Scope;
}

/** What became of one server the lock has and this machine had not. */
export interface Installation {
  readonly server: string;
  readonly scope: Scope;
  readonly version?: string;
  /** Undefined once it is installed. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

interface Choice {
  readonly scope?: Scope;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/**
 * Installs what the lock has and this machine has not, after asking; `sync` does it first of all, so that no client
 * is sent to a server that cannot start. With `dryRun` it only says what that is.
 * @throws CANCELLED, CONFIRMATION_NEEDED
 */
export async function installFirst(
  { scope, yes, dryRun }: Choice,
  context: Context,
): Promise<Installation[]> {
  const missing = await findMissing(context, scope);
  if (missing.length === 0) return [];
  if (dryRun) return missing.map((server) => installationOf(server));
  const names = missing.map(({ name }) => name).join(', ');
  const question = { message: `Install ${names} as locked?`, flag: '--yes' };
  if (yes || (await context.prompt.confirm(question))) return await installMissing(missing, context);
  throw new McpctlError('CANCELLED', 'Nothing was installed or written.');
}

/** The enabled servers whose lock names files that are not here, as after cloning a project. Changes nothing. */
async function findMissing(context: Context, scope?: Scope): Promise<MissingServer[]> {
  const { user, project } = await readManifests(context);
  const manifests = [user, ...(project ? [project] : [])].filter((one) => !scope || one.scope === scope);
  return (await Promise.all(manifests.map((manifest) => missingOf(manifest, context)))).flat();
}

async function missingOf({ path, scope, servers }: Manifest, context: Context): Promise<MissingServer[]> {
  const lock = await readLock(path);
  return Object.entries(lock.servers).flatMap(([name, lockEntry]) => {
    const entry = servers.get(name);
    const isWanted = entry !== undefined && entry.disabled !== true;
    return isWanted && isMissing({ name, lockEntry }, context, { isFull: false })
      ? [{ name, lockEntry, scope }]
      : [];
  });
}

/**
 * Installs them as they are locked. One that fails does not stop the others. Install scripts somebody else approved
 * in a project's lock are not run: such a server is left out, with the command that approves them.
 */
async function installMissing(missing: readonly MissingServer[], context: Context): Promise<Installation[]> {
  const { settings } = await readSettings(context);
  const machine = serverMachine(context, settings);
  const done = new Map<MissingServer, McpctlError | undefined>();
  for (const server of missing) done.set(server, scriptsUnapproved(server));
  const allowed = missing.filter((server) => !done.get(server));
  if (allowed.length > 0) {
    const title = `Install ${allowed.map(({ name }) => name).join(', ')} as locked`;
    const run = async (): Promise<void> => {
      const outcomes = await restoreServers(allowed, machine);
      for (const [index, outcome] of outcomes.entries()) {
        const server = allowed[index];
        if (!outcome.ok && !(outcome.error instanceof McpctlError)) throw outcome.error;
        if (server) done.set(server, outcome.ok ? undefined : (outcome.error as McpctlError));
      }
    };
    await runTasks([{ title, run }], context);
  }
  return missing.map((server) => installationOf(server, done.get(server)));
}

/** SCRIPTS_NOT_APPROVED for a server of a project whose install scripts somebody else approved. */
export function scriptsUnapproved({
  name,
  scope,
  lockEntry: { source },
}: MissingServer): McpctlError | undefined {
  if (scope !== 'project' || source.type !== 'npm' || source.scripts !== true) return undefined;
  return new McpctlError(
    'SCRIPTS_NOT_APPROVED',
    `${name} is locked with install scripts, which you have not approved.`,
    { hint: `Read what they do, then: mcpctl add ${name} --scope project --allow-scripts` },
  );
}

function installationOf(
  { name, scope, lockEntry: { source } }: MissingServer,
  error?: McpctlError,
): Installation {
  return {
    server: name,
    scope,
    ...('version' in source && { version: source.version }),
    ...(error && {
      error: { code: error.code, message: error.message, ...(error.hint && { hint: error.hint }) },
    }),
  };
}
