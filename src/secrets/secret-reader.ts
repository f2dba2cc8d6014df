/** Reads secrets by name from the system keychain. */
export interface SecretReader {
  /** True when mcpctl stored a secret of this name; reads a list of names, never the keychain itself. */
  isListed(name: string): Promise<boolean>;
  /**
   * The secret, or undefined when it is proven that there is none.
   * @throws KEYCHAIN_UNAVAILABLE when the keychain cannot be asked; SECRET_CORRUPT when parts are missing.
   */
  get(name: string, signal?: AbortSignal): Promise<string | undefined>;
}

/** Reads, writes and deletes secrets by name in the system keychain. */
export interface SecretKeeper extends SecretReader {
  /** Replaces the secret as a whole: a crash leaves the old value or the new one. */
  set(name: string, value: string, signal?: AbortSignal): Promise<void>;
  /** True when there was one. */
  delete(name: string, signal?: AbortSignal): Promise<boolean>;
  /** Names mcpctl stored, sorted. */
  names(): Promise<string[]>;
}

/** Where `secret set` may put a value. */
export type SecretStore = 'keychain' | 'env';
