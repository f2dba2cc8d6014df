import { McpctlError } from '../../core/errors.ts';
import type { ServerEntry } from '../../manifest/entry.ts';
import type { LockEntry } from '../../manifest/lock-schema.ts';
import type { Machine } from '../machine.ts';
import { installMany } from '../resolve-many.ts';
import { checkServer } from './check-server.ts';
import { entryOf } from './entry.ts';
import type { AddPorts, StepHandle, Verification } from './ports.ts';
import type { AddOptions, AddPlan, Progress } from './progress.ts';

export interface AddedServer {
  readonly name: string;
  readonly entry: ServerEntry;
  readonly lock: LockEntry;
  readonly folder?: string;
  /** Where and, if the server tells, as whom. */
  readonly signedIn?: { readonly issuer: string; readonly account?: string };
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
        title: titleOf(progress, options),
        run: async (handle: StepHandle) => {
          if (progress.error) return handle.title(`${progress.name} was not started`);
          await attempt(progress, 'start', async () => {
            await storeSecrets(progress, ports);
            if (options.verify) await checkServer(progress, { machine, ports, options, handle });
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
    signInNotes: [],
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

function titleOf({ name, plan }: Progress, { verify, signIn }: AddOptions): string {
  if (!verify) return `Keep the keys of ${name}`;
  return plan.spec.auth === 'oauth' && signIn
    ? `Sign in to ${name} in the browser`
    : `Start ${name} and list its tools`;
}

function startTitle({ name, error, verification, notStarted, signedIn }: Progress): string {
  if (error) return `${name} did not start`;
  if (verification) {
    const count = Object.keys(verification.tools.tools).length;
    const begun = signedIn ? 'Signed in to' : 'Started';
    return `${begun} ${name}: ${count === 1 ? '1 tool' : `${count} tools`}`;
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
  const { name, entry, lock, folder, verification, notStarted, signedIn, clients, plan, timings, next } =
    progress;
  const secrets = plan.missing.map((variable) => `mcpctl secret set ${variable.name}`);
  return {
    name,
    entry,
    lock,
    ...(folder !== undefined && { folder }),
    ...(signedIn && { signedIn }),
    ...(verification && { verification }),
    ...(notStarted !== undefined && { notStarted }),
    clients,
    notes: [...progress.signInNotes, ...plan.spec.notes],
    next: [...secrets, ...next],
    timings,
  };
}
