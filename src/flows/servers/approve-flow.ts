import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { openServer } from '../../gateway/servers/open-server.ts';
import { serverHere } from '../../manifest/choose.ts';
import { readLock, updateLock } from '../../manifest/lock.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { hiddenInTools } from '../../mcp/hidden-in-tools.ts';
import { driftOf } from '../../mcp/tool-drift.ts';
import { hashTools, listTools, type Tool } from '../../mcp/tools.ts';
import { readSettings } from '../../settings/read.ts';
import { renderDrift } from './approve-view.ts';
import type { ApprovedServer } from './approved-server.ts';

export interface ApproveFlags {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface Approved {
  readonly servers: readonly ApprovedServer[];
  readonly dryRun: boolean;
}

/** What a server lists now, beside what is locked. */
interface Compared {
  readonly result: ApprovedServer;
  readonly manifest: string;
  readonly tools: LockTools;
}

/** Starts servers, shows how their tools differ from the lock, and locks them as they are when somebody agrees. */
export async function approveFlow(
  server: string | undefined,
  flags: ApproveFlags,
  context: Context,
): Promise<Approved> {
  const names = await namesOf(server, flags, context);
  const servers: ApprovedServer[] = [];
  for (const name of names) servers.push(await approveOne(name, flags, context));
  return { servers, dryRun: flags.dryRun === true };
}

async function namesOf(
  server: string | undefined,
  { all }: ApproveFlags,
  context: Context,
): Promise<string[]> {
  const isAll = all === true;
  if (isAll === (server !== undefined)) {
    throw new McpctlError(
      'USAGE',
      isAll ? 'Name a server or pass --all, not both.' : 'Name a server, or pass --all.',
      {
        hint: 'mcpctl approve <server>',
      },
    );
  }
  if (server !== undefined) return [server];
  const { servers } = await readManifests(context);
  const enabled = [...servers.values()].filter(({ entry }) => entry.disabled !== true);
  const locks = await Promise.all(enabled.map(({ manifest }) => readLock(manifest)));
  return enabled.flatMap(({ name }, index) => (locks[index]?.servers[name] ? [name] : []));
}

async function approveOne(name: string, flags: ApproveFlags, context: Context): Promise<ApprovedServer> {
  let compared: Compared | undefined;
  try {
    compared = await compare(name, context);
  } catch (error) {
    if (!flags.all || !(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    const { code, message, hint } = error;
    context.exitWith(error.exitStatus);
    return { ...nothing(name), outcome: 'failed', error: { code, message, ...(hint && { hint }) } };
  }
  if (!compared) return { ...nothing(name), outcome: 'unlocked' };
  const { result } = compared;
  if (result.outcome !== 'pending') return result;
  context.output.note(renderDrift(result, context.output.width));
  if (flags.dryRun) return result;
  const question = { message: `Accept the tools of ${name} as they are now?`, flag: '--yes', initial: false };
  if (!flags.yes && !(await context.prompt.confirm(question))) {
    throw new McpctlError('CANCELLED', `The tools of ${name} stay as they were locked.`);
  }
  await lockTools(name, compared, context);
  return { ...result, outcome: 'approved' };
}

async function compare(name: string, context: Context): Promise<Compared | undefined> {
  const { server: chosen } = await serverHere(name, context);
  const entry = (await readLock(chosen.manifest)).servers[name];
  if (!entry) return undefined;
  const { protocolVersion, tools } = await toolsNow(name, context);
  const { hash, tools: hashes } = hashTools(tools);
  const { changed, added, gone } = driftOf(entry.tools?.tools ?? {}, hashes);
  const named = (names: readonly string[]): Tool[] => tools.filter((tool) => names.includes(tool.name));
  const different = named([...changed, ...added]);
  const hidden = hiddenInTools(different);
  return {
    manifest: chosen.manifest,
    tools: { protocolVersion, hash, tools: hashes },
    result: {
      server: name,
      outcome: different.length + gone.length > 0 ? 'pending' : 'unchanged',
      changed: named(changed),
      added: named(added),
      gone,
      hidden,
    },
  };
}

async function toolsNow(
  server: string,
  context: Context,
): Promise<{ readonly protocolVersion: string; readonly tools: readonly Tool[] }> {
  const { timeouts } = (await readSettings(context)).settings;
  const note = (line: string): void => context.output.note(line);
  const { session } = await openServer({ server, machine: context, timeoutMs: timeouts.startMs, note });
  try {
    return { protocolVersion: session.protocolVersion, tools: await listTools(session, server) };
  } finally {
    await session.close();
  }
}

/** What was shown is what is locked, whatever the server lists by then. */
async function lockTools(name: string, { manifest, tools }: Compared, context: Context): Promise<void> {
  const { paths, signal } = context;
  await updateLock(
    manifest,
    (lock) => {
      const entry = lock.servers[name];
      if (!entry) {
        throw new McpctlError('FILE_CHANGED', `${name} was taken out of the lock meanwhile.`, {
          hint: `mcpctl list`,
        });
      }
      return { ...lock, servers: { ...lock.servers, [name]: { ...entry, tools } } };
    },
    { paths, signal },
  );
}

function nothing(server: string): Omit<ApprovedServer, 'outcome'> {
  return { server, changed: [], added: [], gone: [], hidden: [] };
}
