import type { JsonObject } from '../core/json.ts';
import type { Dialect } from '../documents/document.ts';
import type { ClientEntry } from './entry.ts';
import type { Place } from './place.ts';
import type { Remark } from './problem.ts';
import type { References } from './references.ts';

export type Scope = 'user' | 'project';

/** How one server stands in a client's file. */
export interface Shape {
  /** What the client can load from this file. */
  readonly transports: readonly ('stdio' | 'http' | 'sse')[];
  /** False where the client starts every program in a folder of its own choice. */
  readonly keepsWorkingFolder: boolean;
  /** Keys that say what is started; every other key of an entry belongs to the user and is kept. */
  readonly launchKeys: readonly string[];
  /** The entry in the client's words. Called only with entries `checkEntry` accepts. */
  encode(entry: ClientEntry, name: string): JsonObject;
  /** What an entry starts or reaches; undefined when the client itself could not tell. */
  decode(value: Readonly<Record<string, unknown>>): ClientEntry | undefined;
  /** What the client would drop, refuse or misread in this entry, beyond what the fields above say. */
  check?(entry: ClientEntry): readonly Remark[];
}

/** One file a client reads, where it differs from the adapter's own answers. */
export interface Location {
  readonly path: string;
  /** Chosen only when the file exists, or another client's file of this run is the same one. */
  readonly onlyIfPresent?: boolean;
  /** Older or redirected places; two existing files are reported, because which one is read is not certain. */
  readonly rivals?: readonly string[];
  readonly section?: readonly string[];
  readonly dialect?: Dialect;
  readonly shape?: Shape;
  readonly references?: References;
}

interface Locations {
  /** In order of preference; the first existing file is the client's. */
  readonly user: readonly Location[];
  readonly project?: readonly Location[];
}

/** What shows that a client is installed; one sign is enough. */
interface Signs {
  readonly paths: readonly string[];
  readonly executables: readonly string[];
}

interface Limits {
  /** Names the client refuses or misreads do not match this. */
  readonly serverName?: RegExp;
  readonly reservedNames?: readonly string[];
  /** Longest tool name in characters, as the client builds it with `toolPrefix`. */
  readonly toolName?: number;
  /** What the client puts before a tool's name, e.g. `mcp__linear__`. */
  readonly toolPrefix?: (server: string) => string;
  /** Tools of all servers together. */
  readonly tools?: number;
}

/** An application that hosts MCP servers, as data. */
export interface ClientAdapter {
  readonly id: string;
  readonly title: string;
  readonly dialect: Dialect;
  /** Where the servers stand in the file. */
  readonly section: readonly string[];
  /** A second place of the servers, used when the file already has an object there. */
  readonly alternativeSection?: readonly string[];
  readonly shape: Shape;
  readonly references: References;
  locations(place: Place): Locations;
  signs(place: Place): Signs;
  readonly limits: Limits;
  /** What makes the client see a change, as a sentence. */
  readonly restart: string;
  /** Set when the running client writes its file from memory and loses other programs' changes. */
  readonly losesChangesWhileRunning?: { readonly executable: RegExp };
  /** Suffix of the folder that other writers of the file take as a lock, with its age limit in milliseconds. */
  readonly lockFolder?: { readonly suffix: string; readonly staleAfter: number };
  /** What people should know before they rely on this client, as sentences. */
  readonly cautions?: readonly string[];
}
