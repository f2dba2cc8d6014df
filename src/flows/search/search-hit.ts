import type { Risk, SearchRow } from './search-row.ts';

export interface SearchFilters {
  readonly category?: string;
  readonly auth?: 'none' | 'api-key' | 'oauth';
  readonly transport?: 'remote' | 'npm' | 'pypi' | 'oci' | 'mcpb';
  /** Only what the vendor or the MCP project maintains. */
  readonly official?: boolean;
  /** Only what can be limited to reading. */
  readonly readOnly?: boolean;
  /** `catalog`, or the name of a registry. */
  readonly source?: string;
}

export interface SearchHit extends SearchRow {
  /** `catalog`, or the name of the registry it is of. */
  readonly source: string;
  /** Who looked at it: mcpctl, lists, your organisation, or nobody. */
  readonly trust: 'tested' | 'listed' | 'own' | 'public';
  readonly risk: Risk;
  /** 0 without words. */
  readonly score: number;
  readonly because: readonly string[];
  /** Slug of the catalog's server that is the same program. */
  readonly sameAs?: string;
}

export interface SearchResult {
  readonly words: string;
  readonly found: number;
  readonly of: number;
  /** The best of them. */
  readonly hits: readonly SearchHit[];
  /** Registries that were read, and when. */
  readonly registries: readonly {
    readonly name: string;
    readonly isOwn: boolean;
    readonly readAt?: string;
  }[];
}

/** What else than the request speaks for a server, or against it. */
export interface Experience {
  /** Added to its rank, never to its score. */
  readonly bonus: number;
  readonly because: string;
}

/** By slugs of the catalog and full names of registries. */
export type Experiences = ReadonlyMap<string, readonly Experience[]>;

/** A server that fits, before anything is read of it that ranking does not need. */
export interface Candidate {
  readonly rank: number;
  /** Of equals the smaller comes first. */
  readonly place: number;
  hit(): SearchHit | undefined;
}

export interface Candidates {
  /** The best of them, at most as many as are shown. */
  readonly best: readonly Candidate[];
  readonly found: number;
  /** Servers there are. */
  readonly of: number;
}

/** Less in common is chance. */
export const LEAST = 0.12;
