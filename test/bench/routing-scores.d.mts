interface Labelled {
  readonly id: string;
  readonly servers?: readonly string[];
  readonly tools?: readonly string[];
}

interface Answered {
  readonly ranked: readonly { readonly server: string; readonly tool: string | null }[];
  readonly steps: readonly string[];
}

export function toolScores(
  requests: readonly Labelled[],
  answers: ReadonlyMap<string, Answered>,
): Record<string, number>;

export function shareOfChains(chains: readonly Labelled[], answers: ReadonlyMap<string, Answered>): number;

export function share<T>(rows: readonly T[], test: (row: T) => boolean): number;
