import { z } from 'zod';

const sha512 = z.string().regex(/^sha512-[A-Za-z0-9+/]+=*$/);
const sha256 = z.string().regex(/^[a-f0-9]{64}$/);

/** Where a locked server's code comes from, exact to the byte where the source allows it. */
const lockSourceSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('npm'),
    package: z.string(),
    version: z.string(),
    /** As the registry states it for the package's tarball. */
    integrity: sha512,
    /** Name of the package's executable. */
    bin: z.string(),
    /** True when the user approved this package's install scripts. */
    scripts: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('pypi'),
    package: z.string(),
    version: z.string(),
    executable: z.string().optional(),
  }),
  z.object({ type: z.literal('oci'), image: z.string(), digest: z.string().regex(/^sha256:[a-f0-9]{64}$/) }),
  z.object({
    type: z.literal('git'),
    url: z.string(),
    commit: z.string().regex(/^[a-f0-9]{40}$/),
    entry: z.string(),
  }),
  z.object({ type: z.literal('path'), path: z.string() }),
  z.object({ type: z.literal('mcpb'), origin: z.string(), sha256, name: z.string(), version: z.string() }),
  z.object({ type: z.literal('remote'), url: z.string(), transport: z.enum(['http', 'sse']).optional() }),
  z.object({ type: z.literal('command') }),
]);

/** A Node runtime installed beside a server that needs a newer Node than the machine has. */
const lockRuntimeSchema = z.object({
  package: z.string(),
  version: z.string(),
  integrity: sha512,
});

const lockToolsSchema = z.object({
  protocolVersion: z.string(),
  /** SHA-256 of the canonical JSON of all tool definitions, sorted by name. */
  hash: sha256,
  /** Tool name → SHA-256 of its canonical definition. */
  tools: z.record(z.string(), sha256),
});

const lockedVersionSchema = z.object({
  source: lockSourceSchema,
  runtime: lockRuntimeSchema.optional(),
  tools: lockToolsSchema.optional(),
  /** ISO 8601, UTC. */
  lockedAt: z.string(),
});

export const lockEntrySchema = lockedVersionSchema.extend({
  /** Catalog slug or registry name this server was added by. */
  catalog: z.string().optional(),
  /** Earlier good versions, newest first, for `rollback`. */
  previous: z.array(lockedVersionSchema).optional(),
});

export const lockSchema = z.object({
  lockfileVersion: z.literal(1),
  servers: z.record(z.string(), lockEntrySchema),
});

export type LockSource = z.infer<typeof lockSourceSchema>;
export type LockRuntime = z.infer<typeof lockRuntimeSchema>;
export type LockTools = z.infer<typeof lockToolsSchema>;
export type LockEntry = z.infer<typeof lockEntrySchema>;
export type Lock = z.infer<typeof lockSchema>;
