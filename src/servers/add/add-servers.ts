import { McpctlError } from '../../core/errors.ts';
import type { ServerEntry } from '../../manifest/entry.ts';
import type { LockEntry } from '../../manifest/lock-schema.ts';
import { launchOf } from '../launch.ts';
import type { Machine } from '../machine.ts';
import { installMany } from '../resolve-many.ts';
import type { Resolution } from '../sources/source.ts';
import type { Spec, Variable } from '../spec.ts';
import { entryOf } from './entry.ts';
import type { AddPorts, Undo, Verification } from './ports.ts';

/** Everything decided about one server, so that adding it asks nothing more. */
export interface AddPlan {
  readonly resolution: Resolution;
  /** With its blanks filled. */
  readonly spec: Spec;
  readonly secrets: readonly { readonly variable: Variable; readonly value: string }[];
  /** Needed, but not given yet; such a server is not started. */
  readonly missing: readonly Variable[];
  /** Milliseconds it took to find the exact version. */
  readonly resolveTime: number;
}

export interface AddOptions {
  /** False with `--no-verify`. */
  readonly verify: boolean;
  /** False with `--no-sync`. */
  readonly sync: boolean;
}

export interface AddedServer {
  readonly name: string;
  readonly entry: ServerEntry;
  readonly lock: LockEntry;
  readonly folder?: string;
  /** Absent when the server was not started, with the reason in `notStarted`. */
  readonly verification?: Verification;
  readonly notStarted?: string;
  readonly clients: readonly string[];
  readonly notes: readonly string[];
  /** Commands that come next. */
  readonly next: readonly string[];
  /** Milliseconds of each part. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface AddOutcome {
  readonly added: readonly AddedServer[];
  readonly failed: readonly { readonly name: string; readonly error: McpctlError }[];
}

interface Progress {
  readonly plan: AddPlan;
  readonly name: string;
  readonly entry: ServerEntry;
  readonly undo: Undo[];
  readonly timings: Record<string, number>;
  lock: LockEntry;
  folder?: string;
  verification?: Verification;
  notStarted?: string;
  next: string[];
  clients: readonly string[];
  error?: McpctlError;
}

/**
 * Fetches, starts, writes and tells the clients, for several servers at once. What was done for a server that fails
 * is taken back, and the others go on; when the user stops it, everything is taken back.
 * @throws CANCELLED, and what the last two steps throw.
 */
export async function addServers(
  plans: readonly AddPlan[],
  machine: Machine,
  ports: AddPorts,
  options: AddOptions,
): Promise<AddOutcome> {
  const all = plans.map((plan) => begin(plan, machine));
  const alive = (): Progress[] => all.filter(({ error }) => error === undefined);
  const attempt = async (progress: Progress, part: string, run: () => Promise<void>): Promise<void> => {
    const begun = performance.now();
    try {
      await run();
    } catch (error) {
      if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
      progress.error = error;
      await undoAll([progress]);
    }
    progress.timings[part] = Math.round(performance.now() - begun);
  };
  try {
    await ports.runSteps([
      {
        title: `Fetch ${all.map(({ name }) => name).join(', ')}`,
        run: async () => await fetchAll(all, machine),
      },
      ...all.map((progress) => ({
        title: options.verify
          ? `Start ${progress.name} and list its tools`
          : `Keep the keys of ${progress.name}`,
        run: async (handle: { title(text: string): void }) => {
          if (progress.error) return handle.title(`${progress.name} was not started`);
          await attempt(progress, 'start', async () => {
            await storeSecrets(progress, ports);
            if (options.verify) await verify(progress, machine, ports);
            else progress.notStarted = 'as asked (--no-verify)';
          });
          handle.title(startTitle(progress));
        },
      })),
      {
        title: 'Write lock and manifest',
        run: async (handle: { title(text: string): void }) => {
          for (const progress of alive()) {
            await attempt(progress, 'write', async () => {
              progress.undo.push(await ports.writeLock(progress.name, progress.lock));
              progress.undo.push(await ports.writeEntry(progress.name, progress.entry));
            });
          }
          if (alive().length === 0) handle.title('Nothing to write');
        },
      },
      ...(options.sync ? [syncStep(alive, ports)] : []),
    ]);
  } catch (error) {
    await undoAll(alive());
    throw error;
  }
  return {
    added: alive().map(toAdded),
    failed: all.flatMap(({ name, error }) => (error ? [{ name, error }] : [])),
  };
}

function begin(plan: AddPlan, machine: Machine): Progress {
  const { resolution, spec } = plan;
  return {
    plan,
    name: spec.name,
    entry: entryOf(resolution, spec),
    lock: {
      source: lockSourceOf(plan),
      ...(resolution.runtime && { runtime: resolution.runtime }),
      lockedAt: machine.now().toISOString(),
      ...(spec.catalog !== undefined && { catalog: spec.catalog }),
    },
    undo: [],
    timings: { resolve: plan.resolveTime },
    next: [],
    clients: [],
  };
}

/** A remote address may have had blanks when it was looked up. */
function lockSourceOf({ resolution: { source }, spec: { wanted } }: AddPlan): LockEntry['source'] {
  return source.type === 'remote' && wanted.type === 'remote' ? { ...source, url: wanted.url } : source;
}

async function fetchAll(all: readonly Progress[], machine: Machine): Promise<void> {
  const begun = performance.now();
  const outcomes = await installMany(
    all.map(({ name, plan: { resolution } }) => ({ name, resolution })),
    machine,
  );
  for (const [index, progress] of all.entries()) {
    const outcome = outcomes[index];
    progress.timings.fetch = Math.round(performance.now() - begun);
    if (outcome?.ok) {
      progress.undo.push(outcome.value.undo);
      if (outcome.value.folder !== undefined) progress.folder = outcome.value.folder;
    } else if (outcome?.error instanceof McpctlError) progress.error = outcome.error;
    else throw outcome?.error ?? new McpctlError('INTERNAL', `Nothing was fetched for ${progress.name}.`);
  }
}

async function storeSecrets({ plan, undo }: Progress, ports: AddPorts): Promise<void> {
  for (const { variable, value } of plan.secrets) undo.push(await ports.storeSecret(variable, value));
}

async function verify(progress: Progress, machine: Machine, ports: AddPorts): Promise<void> {
  const { name, entry, lock, plan } = progress;
  if (plan.missing.length > 0) {
    progress.notStarted = `${plan.missing.map((variable) => variable.name).join(', ')} is not set yet`;
    return;
  }
  if (plan.spec.auth === 'oauth') {
    needsSignIn(progress);
    return;
  }
  const launch = launchOf({
    name,
    entry,
    lockEntry: lock,
    paths: machine.paths,
    node: machine.node.executable,
    platform: machine.platform,
  });
  const { firstCall } = plan.spec;
  const started =
    launch.kind === 'stdio' && firstCall?.startArgs
      ? { ...launch, args: [...launch.args, ...firstCall.startArgs] }
      : launch;
  try {
    const verification = await ports.verify({ name, launch: started, ...(firstCall && { firstCall }) });
    progress.verification = verification;
    progress.lock = { ...lock, tools: verification.tools };
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    if (error.code !== 'SIGN_IN_NEEDED' || launch.kind !== 'remote') throw withoutDoctor(error, name);
    needsSignIn(progress);
  }
}

/** Doctor knows servers of the manifest only, and this one is not going to be there. */
function withoutDoctor(error: McpctlError, name: string): McpctlError {
  if (error.hint !== `mcpctl doctor ${name}`) return error;
  const hint =
    'Correct it and add it again. To add it all the same and look into it with doctor: add --no-verify';
  return new McpctlError(error.code, error.message, {
    hint,
    cause: error,
    ...(error.data && { data: error.data }),
  });
}

function needsSignIn(progress: Progress): void {
  const { keyWay } = progress.plan.spec;
  progress.notStarted = 'it wants a sign-in, which this version cannot do yet';
  if (keyWay !== undefined) progress.next.push(keyWay);
}

function startTitle({ name, error, verification, notStarted }: Progress): string {
  if (error) return `${name} did not start`;
  if (verification) {
    const count = Object.keys(verification.tools.tools).length;
    return `Started ${name}: ${count === 1 ? '1 tool' : `${count} tools`}`;
  }
  return `${name} was not started: ${notStarted}`;
}

function syncStep(alive: () => Progress[], ports: AddPorts) {
  return {
    title: 'Tell the clients',
    run: async (handle: { title(text: string): void }) => {
      const [first] = alive();
      if (!first) return handle.title('Nothing to tell the clients');
      const { clients, undo } = await ports.syncClients(alive().map(({ name }) => name));
      first.undo.push(undo);
      for (const progress of alive()) progress.clients = clients;
      handle.title(clients.length > 0 ? `Told ${clients.join(', ')}` : 'No client to tell');
    },
  };
}

async function undoAll(all: readonly Progress[]): Promise<void> {
  for (const { undo } of [...all].reverse()) {
    for (const step of undo.splice(0).reverse()) await step();
  }
}

function toAdded(progress: Progress): AddedServer {
  const { name, entry, lock, folder, verification, notStarted, clients, plan, timings, next } = progress;
  const secrets = plan.missing.map((variable) => `mcpctl secret set ${variable.name}`);
  return {
    name,
    entry,
    lock,
    ...(folder !== undefined && { folder }),
    ...(verification && { verification }),
    ...(notStarted !== undefined && { notStarted }),
    clients,
    notes: plan.spec.notes,
    next: [...secrets, ...next],
    timings,
  };
}
