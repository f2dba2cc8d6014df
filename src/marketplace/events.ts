import type { ServerDocument } from './document.ts';

export const STATUSES = ['active', 'deprecated', 'deleted'] as const;

export type Status = (typeof STATUSES)[number];

/** A file this registry hosts for a package, by the place of the package in the document. */
export interface HostedFile {
  readonly package: number;
  readonly sha256: string;
  /** e.g. `weather-1.0.0.mcpb`. */
  readonly file: string;
}

interface AnyEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** All that ever happens to a registry; what it knows is the sum of these. */
export type RegistryEvent = AnyEvent &
  (
    | {
        readonly kind: 'published';
        /** Principal whose token it was. */
        readonly by: string;
        readonly document: ServerDocument;
        readonly hosted: readonly HostedFile[];
      }
    | {
        readonly kind: 'status';
        readonly by: string;
        readonly name: string;
        /** All versions when absent. */
        readonly version?: string;
        readonly status: Status;
        readonly message?: string;
        /** Name of the server to use instead. */
        readonly replacement?: string;
      }
    | {
        readonly kind: 'owners';
        readonly by: string;
        readonly name: string;
        readonly owners: readonly string[];
      }
    | { readonly kind: 'rated'; readonly by: string; readonly name: string; readonly stars: number }
    /** `by` is a text that is the same for one machine and server, and tells nothing else. */
    | { readonly kind: 'installed'; readonly by: string; readonly name: string; readonly version: string }
  );
