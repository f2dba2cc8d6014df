import type { Clock } from '../calls/clock.ts';
import type { askControl } from '../gateway/control/ask-control.ts';
import type { CheckCall, CheckedCall } from '../gateway/control/check-call.ts';
import type { Running } from '../gateway/control/find-running.ts';
import type { followControl } from '../gateway/control/follow-control.ts';
import type { ChosenServer } from '../manifest/choose.ts';
import type { LockEntry } from '../manifest/lock-schema.ts';
import type { Era } from '../mcp/greeting.ts';
import type { MeasureStall } from '../platform/stalls.ts';

/** A server of the manifest, as it is now. */
export interface WatchedServer {
  readonly name: string;
  readonly chosen: ChosenServer;
  readonly locked?: LockEntry;
  /** Name its sign-in goes by. */
  readonly profile: string;
  readonly isRemote: boolean;
  readonly isDisabled: boolean;
  /** True where the watcher may begin a session with it. A server of a cloned repository is not started unasked. */
  readonly isOurs: boolean;
}

/** What a session of the watcher found. */
export interface Listed {
  /** Milliseconds the list took. */
  readonly ms: number;
  /** Tools that are offered. */
  readonly tools: number;
  /** Names of tools that are not what was locked. */
  readonly changed: readonly string[];
}

/** A session of the watcher with a server nobody runs. Everything rejects with why the server does not answer. */
export interface OwnSession {
  readonly era: Era;
  /** Lists its tools. @throws SERVER_NO_TOOLS too, where some were locked. */
  list(): Promise<Listed>;
  /** Milliseconds an answer took. */
  ping(timeoutMs: number): Promise<number>;
  /** Makes a harmless call, once its tools were listed. @throws that a sign-in is missing. */
  call(call: CheckCall): Promise<CheckedCall>;
  close(): Promise<void>;
}

/** The machine as the watcher sees it. */
export interface WatchPorts {
  /** Milliseconds since 1970. */
  readonly clock: Clock;
  /** 0 to 1. */
  random(): number;
  readonly measureStall: MeasureStall;
  /** Those of the manifests in force, broken entries left out. */
  servers(): Promise<readonly WatchedServer[]>;
  processes(): Promise<readonly Running[]>;
  readonly ask: typeof askControl;
  readonly follow: typeof followControl;
  /** Begins a session with a server nobody runs. @throws why it could not. */
  open(server: WatchedServer, signal: AbortSignal): Promise<OwnSession>;
  /** A harmless call the catalog knows for the server and policy allows. */
  callOf(server: WatchedServer): Promise<CheckCall | undefined>;
  /** When sign-ins expire, by the name they go by; null when they do not. */
  signIns(): Promise<ReadonlyMap<string, number | null>>;
  /** Memory of programs with all they started, by process id, in bytes. */
  memoryOf(pids: readonly number[]): Promise<ReadonlyMap<number, number>>;
}
