import { isRecord } from '../core/json.ts';
import { problemWithServerName, toServerName } from '../core/server-name.ts';
import type { ServerEntry } from '../manifest/entry.ts';
import type { Scope } from './adapter.ts';
import { type ClientEntry, fingerprint, launchFingerprint, sameEntry } from './entry.ts';
import type { TargetFile } from './files.ts';
import { createSecretNames, withoutSecrets } from './import-secrets.ts';
import { fromManifest, toManifest } from './manifest-entry.ts';
import { decodeStrictly, isOurs } from './ownership.ts';
import type { ClientProblem } from './problem.ts';
import type { SyncRecord, WrittenEntry } from './record.ts';
import { readReferences } from './references.ts';
import { openSection } from './section.ts';

/** Where an entry was found, and how to recognise it as adopted. */
interface ImportSource {
  readonly path: string;
  /** Ids of the clients that read the file. */
  readonly clients: readonly string[];
  /** The name it has there. */
  readonly server: string;
  readonly written: WrittenEntry;
}

interface ImportedServer {
  /** Name in the manifest. */
  readonly name: string;
  readonly scope: Scope;
  readonly entry: ServerEntry;
  /** True when the manifest has the same server already: it is only adopted. */
  readonly isKnown: boolean;
  readonly sources: readonly ImportSource[];
}

export interface ImportPlan {
  readonly servers: readonly ImportedServer[];
  /** Values to keep elsewhere, by the name that stands for them. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly problems: readonly ClientProblem[];
}

export interface ImportInput {
  readonly files: readonly TargetFile[];
  readonly manifests: Readonly<Partial<Record<Scope, ReadonlyMap<string, ServerEntry>>>>;
  readonly record: SyncRecord;
  /** Values that reference names have already. */
  readonly reserved?: ReadonlyMap<string, string>;
}

interface Found {
  readonly file: TargetFile;
  readonly server: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly decoded: ClientEntry;
}

/** Says which servers of the clients the manifest would take over, secrets replaced by references. Writes nothing. */
export async function planImport({ files, manifests, record, reserved }: ImportInput): Promise<ImportPlan> {
  const problems: ClientProblem[] = [];
  const names = createSecretNames(reserved);
  const servers: ImportedServer[] = [];
  for (const file of files) {
    for (const found of await findForeign(file, record, problems)) {
      const candidate = toCandidate(found, names.name);
      const clash = addCandidate(candidate, servers, manifests[file.scope]);
      if (clash !== undefined) problems.push(clashProblem(found, clash));
    }
  }
  const used = new Set(servers.flatMap(({ isKnown, entry }) => (isKnown ? [] : referencesOf(entry))));
  const secrets = new Map([...names.secrets].filter(([name]) => used.has(name) && names.given.has(name)));
  return { servers, secrets, problems };
}

function referencesOf(entry: ServerEntry): string[] {
  return [...JSON.stringify(entry).matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
}

async function findForeign(
  file: TargetFile,
  record: SyncRecord,
  problems: ClientProblem[],
): Promise<Found[]> {
  const section = await openSection(file);
  if ('broken' in section) {
    problems.push({ ...section.broken, severity: 'warning' });
    return [];
  }
  const found: Found[] = [];
  for (const [server, value] of section.entries) {
    if (isOurs(server, value, file.shape, record[file.path]?.servers[server])) continue;
    const decoded = decodeStrictly(file.shape, value);
    if (decoded && isRecord(value)) found.push({ file, server, value, decoded });
    else problems.push(unreadable(file, server));
  }
  return found;
}

function toCandidate(
  { file, server, value, decoded }: Found,
  name: Parameters<typeof withoutSecrets>[2],
): ImportedServer {
  const manifestName = problemWithServerName(server) === undefined ? server : toServerName(server);
  const entry = toManifest(withoutSecrets(manifestName, readReferences(decoded, file.references), name));
  const isOff = value.disabled === true || value.enabled === false;
  const written = { entry: fingerprint(decoded), launch: launchFingerprint(decoded) };
  return {
    name: manifestName,
    scope: file.scope,
    entry: isOff ? { ...entry, disabled: true } : entry,
    isKnown: false,
    sources: [{ path: file.path, clients: file.clients.map(({ id }) => id), server, written }],
  };
}

/** Puts the candidate into the list, or says what already has its name. */
function addCandidate(
  candidate: ImportedServer,
  servers: ImportedServer[],
  manifest: ReadonlyMap<string, ServerEntry> | undefined,
): string | undefined {
  const { name, scope, entry } = candidate;
  const at = servers.findIndex((server) => server.name === name && server.scope === scope);
  const other = servers[at];
  if (other) {
    if (!isSame(other.entry, entry)) return `differs from the one in ${other.sources[0]?.path}`;
    servers[at] = { ...other, sources: [...other.sources, ...candidate.sources] };
    return undefined;
  }
  const known = manifest?.get(name);
  if (known && !isSame(known, entry)) return 'differs from the one in the manifest';
  servers.push({ ...candidate, isKnown: known !== undefined });
  return undefined;
}

function isSame(a: ServerEntry, b: ServerEntry): boolean {
  return sameEntry(fromManifest(a), fromManifest(b));
}

function clashProblem({ file, server }: Found, reason: string): ClientProblem {
  return {
    code: 'CLIENT_ENTRY_CONFLICT',
    severity: 'warning',
    server,
    message: `${server} in ${file.path} was left there: it ${reason}.`,
    hint: `Rename one of them, or let the manifest win: mcpctl sync --client ${file.clients[0]?.id} --force`,
  };
}

function unreadable({ path, clients }: TargetFile, server: string): ClientProblem {
  return {
    code: 'CLIENT_ENTRY_UNSUPPORTED',
    severity: 'warning',
    server,
    message: `${server} in ${path} was left there: ${clients[0]?.title} itself could not tell what it starts.`,
  };
}
