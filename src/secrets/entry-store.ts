/** Items of the system keychain by account. */
export interface EntryStore {
  /** UTF-16 units an item holds; without it no more than every system takes. */
  readonly largestItem?: number;
  /** Null is no proof of absence: a Secret Service that was never unlocked also answers with it. */
  read(account: string, signal?: AbortSignal): Promise<string | null>;
  write(account: string, value: string, signal?: AbortSignal): Promise<void>;
  /** False when there was none. */
  delete(account: string, signal?: AbortSignal): Promise<boolean>;
  /** Lets go of what the next operation would have to start again. */
  close?(): void;
}
