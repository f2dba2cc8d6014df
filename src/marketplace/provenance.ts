import { isRecord } from '../core/json.ts';

/** Who made a version, when, of what and by which tools: under `mcpctl` in what publishers say of it. */
export interface Provenance {
  /** ISO 8601, UTC. */
  readonly publishedAt: string;
  /** Of git, in full; with `-dirty` where files had changes of their own. */
  readonly commit?: string;
  /** e.g. `mcpctl 0.1.0`, `node 22.11.0`. */
  readonly tools: readonly string[];
  /** What became of its tests, e.g. `passed, 41 checks`. */
  readonly tested?: string;
  /** SHA-256 of each file, by its name. */
  readonly files?: Readonly<Record<string, string>>;
}

const KEY = 'mcpctl';

export function withProvenance(
  publisher: Readonly<Record<string, unknown>> | undefined,
  provenance: Provenance,
): Record<string, unknown> {
  return { ...publisher, [KEY]: provenance };
}

/** What a publisher said; whoever published may have said anything. */
export function provenanceIn(publisher: Readonly<Record<string, unknown>>): Partial<Provenance> | undefined {
  const said = publisher[KEY];
  if (!isRecord(said)) return undefined;
  const { commit, tools, tested } = said;
  return {
    ...(typeof commit === 'string' && { commit }),
    ...(Array.isArray(tools) && { tools: tools.filter((one) => typeof one === 'string') }),
    ...(typeof tested === 'string' && { tested }),
  };
}
