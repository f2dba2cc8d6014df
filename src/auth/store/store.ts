/** A place that keeps texts by id. Ids are hexadecimal and tell nothing. */
export interface CredentialStore {
  /** As written in `--store`: `keychain`, `file`, `memory` or `helper:<program>`. */
  readonly name: string;
  /** Throws unless a test value can be written, read back and deleted. */
  check(signal?: AbortSignal): Promise<void>;
  /** Undefined only when it is certain that there is none. */
  read(id: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Those it may hold, from names alone: no value is read, nothing unlocked. */
  ids(): Promise<string[]>;
  /** Afterwards the value is durable, or the one before it is still readable. */
  write(id: string, value: string, signal?: AbortSignal): Promise<void>;
  /** False when there was none. */
  delete(id: string, signal?: AbortSignal): Promise<boolean>;
}
