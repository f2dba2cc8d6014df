import { McpctlError } from '../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../core/json.ts';
import type { Scope } from './adapter.ts';
import { checkEntry } from './check.ts';
import { type ClientEntry, fingerprint, launchFingerprint } from './entry.ts';
import type { TargetFile } from './files.ts';
import { decodeStrictly, isCurrent, isOurs, mergeEntry } from './ownership.ts';
import type { ClientProblem } from './problem.ts';
import type { FileRecord, SyncMode, SyncRecord } from './record.ts';
import { writeReferences } from './references.ts';
import { brokenBy, openSection, type Section } from './section.ts';

/** One server of the manifest, as clients may get it. */
export interface WantedServer {
  readonly name: string;
  readonly managed: ClientEntry;
  /** What `--direct` writes, references unresolved; asked for only then. */
  direct(): ClientEntry | Promise<ClientEntry>;
}

export interface SyncInput {
  readonly files: readonly TargetFile[];
  /** Enabled servers of each scope's manifest. */
  readonly wanted: Readonly<Record<Scope, readonly WantedServer[]>>;
  /** Names whose entries stay although they are not wanted, because their manifest entry is broken. */
  readonly kept?: ReadonlySet<string>;
  readonly record: SyncRecord;
  readonly platform: NodeJS.Platform;
  /** Undefined keeps each file's mode. */
  readonly mode?: SyncMode;
  /** Overwrites entries of the same name and files of running clients. */
  readonly force?: boolean;
  /** Ids of running clients that would lose the change. */
  readonly running?: ReadonlySet<string>;
}

export interface Change {
  readonly kind: 'add' | 'update' | 'remove';
  readonly server: string;
  /** What stood there, when it could be read. */
  readonly before?: ClientEntry;
  readonly after?: ClientEntry;
  /** True when mcpctl had written an entry of this name before. */
  readonly wasWritten: boolean;
}

/** What sync would do to one file. */
export interface FilePlan {
  readonly file: TargetFile;
  /** Equal to the file's text when nothing is to be written. */
  readonly after: string;
  /** What the file says before; undefined when it could not be read. */
  readonly content?: Json;
  readonly changes: readonly Change[];
  /** Servers of ours that stand in the file as they should, and all that should. */
  readonly current: readonly string[];
  readonly wanted: readonly string[];
  readonly problems: readonly ClientProblem[];
  /** True when the file is left alone because of an error in `problems`. */
  readonly isBlocked: boolean;
  /** What to remember once the file is written. */
  readonly record: FileRecord;
}

export interface SyncPlan {
  readonly files: readonly FilePlan[];
}

/** Says what each file would become. Reads and writes nothing. */
export async function planSync(input: SyncInput): Promise<SyncPlan> {
  return { files: await Promise.all(input.files.map((file) => planFile(file, input))) };
}

async function planFile(file: TargetFile, input: SyncInput): Promise<FilePlan> {
  const { record } = input;
  const old = record[file.path];
  const wanted = input.wanted[file.scope];
  const mode = input.mode ?? old?.mode ?? 'managed';
  const untouched = {
    file,
    after: file.text,
    changes: [],
    current: [],
    wanted: wanted.map(({ name }) => name),
    record: old ?? { mode, servers: {} },
  };
  const section = await openSection(file);
  if ('broken' in section) return { ...untouched, problems: [section.broken], isBlocked: true };
  const steps = [
    ...(await Promise.all(wanted.map((server) => stepFor(server, { file, section, input, mode, old })))),
    ...leftovers({ file, section, input, old }),
  ];
  const problems = [...section.warnings, ...steps.flatMap(({ problems: own }) => own)];
  const edited = edit(section, steps);
  if (edited instanceof McpctlError) {
    return { ...untouched, problems: [...problems, brokenBy(edited)], isBlocked: true };
  }
  const plan: FilePlan = {
    ...untouched,
    after: edited,
    content: section.document.value,
    changes: steps.flatMap(({ change }) => (change ? [change] : [])),
    current: steps.flatMap(({ change, server, isThere }) => (isThere && !change ? [server] : [])),
    problems,
    isBlocked: false,
    record: { mode, servers: recordOf(steps, file) },
  };
  const stopped = runningProblem(plan, input);
  if (!stopped) return plan;
  return { ...plan, after: file.text, problems: [...problems, stopped], isBlocked: true };
}

interface Step {
  readonly server: string;
  /** True when an entry of ours stands in the file after the step. */
  readonly isThere: boolean;
  readonly value?: JsonObject;
  readonly change?: Change;
  readonly problems: readonly ClientProblem[];
}

interface StepContext {
  readonly file: TargetFile;
  readonly section: Section;
  readonly input: SyncInput;
  readonly mode: SyncMode;
  readonly old: FileRecord | undefined;
}

async function stepFor(wanted: WantedServer, context: StepContext): Promise<Step> {
  try {
    const entry = context.mode === 'direct' ? await wanted.direct() : wanted.managed;
    return entryStep(wanted.name, entry, context);
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    const { code, message, hint } = error;
    const problem = {
      code,
      severity: 'error',
      message,
      server: wanted.name,
      ...(hint !== undefined && { hint }),
    } as const;
    return { ...keptStep(wanted.name, context), problems: [problem] };
  }
}

/** Leaves what is there. */
function keptStep(server: string, { file, section, old }: StepContext): Step {
  const existing = section.entries.get(server);
  const isThere = existing !== undefined && isOurs(server, existing, file.shape, old?.servers[server]);
  return {
    server,
    isThere,
    problems: [],
    ...(isThere && isRecord(existing) && { value: existing as JsonObject }),
  };
}

function entryStep(server: string, entry: ClientEntry, context: StepContext): Step {
  const { file, section, input, old } = context;
  const { shape, references } = file;
  const existing = section.entries.get(server);
  const written = old?.servers[server];
  const wasWritten = written !== undefined;
  const ours = existing !== undefined && isOurs(server, existing, shape, written);
  const remarks = file.clients.flatMap((client) =>
    checkEntry({ client, name: server, entry, platform: input.platform, shape, references }),
  );
  if (remarks.some(({ severity }) => severity === 'error')) {
    return { ...keptStep(server, context), problems: unique(remarks) };
  }
  const encoded = shape.encode(writeReferences(entry, references), server);
  if (isRecord(existing) && isCurrent(existing, encoded, shape)) {
    return { server, isThere: true, value: existing as JsonObject, problems: [] };
  }
  const before = decodeStrictly(shape, existing);
  if (existing !== undefined && !ours && !input.force) {
    return { server, isThere: false, problems: [conflict(file, server, wasWritten)] };
  }
  const value = ours ? mergeEntry(existing, encoded, shape) : encoded;
  const kind = existing === undefined ? 'add' : 'update';
  const change = { kind, server, wasWritten, after: entry, ...(before && { before }) } as const;
  return { server, isThere: true, value, change, problems: unique(remarks) };
}

function leftovers({ file, section, input, old }: Omit<StepContext, 'mode'>): Step[] {
  const wanted = Object.values(input.wanted).flatMap((servers) => servers.map(({ name }) => name));
  const known = new Set([...wanted, ...(input.kept ?? [])]);
  return [...section.entries]
    .filter(
      ([server, value]) => !known.has(server) && isOurs(server, value, file.shape, old?.servers[server]),
    )
    .map(([server, value]) => {
      const before = decodeStrictly(file.shape, value);
      const wasWritten = old?.servers[server] !== undefined;
      const change = { kind: 'remove', server, wasWritten, ...(before && { before }) } as const;
      return { server, isThere: false, change, problems: [] };
    });
}

function edit({ document, path }: Section, steps: readonly Step[]): string | McpctlError {
  const edits = steps.flatMap(({ server, value, change }) =>
    change ? [{ path: [...path, server], value }] : [],
  );
  try {
    return document.edit(edits);
  } catch (error) {
    if (error instanceof McpctlError) return error;
    throw error;
  }
}

function recordOf(steps: readonly Step[], { shape }: TargetFile): FileRecord['servers'] {
  return Object.fromEntries(
    steps.flatMap(({ server, value, isThere }) => {
      const entry = isThere && value ? shape.decode(value) : undefined;
      return entry ? [[server, { entry: fingerprint(entry), launch: launchFingerprint(entry) }]] : [];
    }),
  );
}

function conflict(file: TargetFile, server: string, wasWritten: boolean): ClientProblem {
  const titles = file.clients.map(({ title }) => title).join(', ');
  return {
    code: 'CLIENT_ENTRY_CONFLICT',
    severity: 'error',
    server,
    message: wasWritten
      ? `${titles} now starts something else as ${server} in ${file.path}.`
      : `${titles} already has an entry ${server} in ${file.path} that mcpctl did not write.`,
    hint: `Adopt it: mcpctl import --client ${file.clients[0]?.id}, or replace it: mcpctl sync --client ${file.clients[0]?.id} --force`,
  };
}

function runningProblem(
  { file, changes }: FilePlan,
  { running, force }: SyncInput,
): ClientProblem | undefined {
  const client = file.clients.find(({ id }) => running?.has(id));
  if (!client || changes.length === 0 || force) return undefined;
  return {
    code: 'CLIENT_RUNNING',
    severity: 'error',
    message: `${client.title} is running: it would overwrite ${file.path} from memory and lose the change.`,
    hint: `Quit ${client.title} fully, then run: mcpctl sync --client ${client.id}`,
  };
}

function unique(problems: readonly ClientProblem[]): ClientProblem[] {
  return problems.filter(
    ({ message }, index) => problems.findIndex((other) => other.message === message) === index,
  );
}
