/** Tools a request names as programs do, e.g. `list_issues`. */
export interface ToolNames {
  /** Candidates of that name. */
  find(request: string): ReadonlySet<number>;
}

/** Names that consist of several parts; one word could be meant as a word. */
const PARTED = /[a-z\d]+(?:[_-][a-z\d]+)+|[a-z]+(?:[A-Z][a-z\d]*)+/g;

export function createToolNames(names: readonly (string | undefined)[]): ToolNames {
  const byName = new Map<string, number[]>();
  for (const [candidate, name] of names.entries()) {
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), candidate]);
  }
  return {
    find: (request) => new Set((request.match(PARTED) ?? []).flatMap((name) => byName.get(name) ?? [])),
  };
}
