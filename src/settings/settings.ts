/** The policy in force: defaults, the user's file over them, the project's over both. */
export interface Settings {
  /** Ids of clients that are written; undefined means every client found. */
  readonly clients?: readonly string[];
  readonly defaultScope: 'user' | 'project';
  readonly registries: { readonly mcp?: string; readonly npm?: string; readonly pypi?: string };
  readonly secrets: {
    /** Where a value goes when nobody says where. */
    readonly store: 'keychain' | 'env';
  };
  readonly timeouts: {
    readonly callMs: number;
    readonly startMs: number;
  };
}

export const DEFAULT_SETTINGS: Settings = {
  defaultScope: 'user',
  registries: {},
  secrets: { store: 'keychain' },
  timeouts: { callMs: 60_000, startMs: 30_000 },
};
