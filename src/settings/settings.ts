/** The policy in force: defaults, the user's file over them, the project's over both. */
export interface Settings {
  /** Ids of clients that sync writes; undefined means every client found. */
  readonly clients?: readonly string[];
  readonly defaultScope: 'user' | 'project';
  readonly registries: { readonly mcp?: string; readonly npm?: string; readonly pypi?: string };
  readonly secrets: {
    readonly backends: readonly ('env' | 'dotenv' | 'keychain')[];
    readonly timeoutMs: number;
  };
  readonly timeouts: {
    readonly callMs: number;
    readonly checkMs: number;
    readonly installMs: number;
    readonly startMs: number;
  };
}

export const DEFAULT_SETTINGS: Settings = {
  defaultScope: 'user',
  registries: {},
  secrets: { backends: ['env', 'dotenv', 'keychain'], timeoutMs: 3000 },
  timeouts: { callMs: 60_000, checkMs: 10_000, installMs: 300_000, startMs: 30_000 },
};
