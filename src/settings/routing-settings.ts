/** How tools are found for tasks. Only the user's own file decides. */
export interface RoutingSettings {
  /** Whether tools that were called after `route` suggested them are remembered for such tasks. */
  readonly learnFromCalls: boolean;
  /** A service that compares meanings, asked when it has an address and a model. */
  readonly embeddings: EmbeddingsSettings;
}

export interface EmbeddingsSettings {
  /** Up to the version, e.g. `https://api.example.com/v1`. */
  readonly url?: string;
  readonly model?: string;
  /** Reference to the key it wants. */
  readonly key?: string;
  /** How long a task may take there; its tools, ten times as long for 64. */
  readonly timeoutMs: number;
}

export const DEFAULT_ROUTING_SETTINGS: RoutingSettings = {
  learnFromCalls: false,
  embeddings: { timeoutMs: 2000 },
};
