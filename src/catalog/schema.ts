import { z } from 'zod';

const sentence = z.string().min(3).max(400);
const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const httpsUrl = z.string().regex(/^https?:\/\/[^\s]+$/);
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

export const CATEGORIES = [
  'ai',
  'browser',
  'cloud',
  'communication',
  'crm',
  'data-warehouse',
  'database',
  'design',
  'developer-tools',
  'documentation',
  'e-commerce',
  'filesystem',
  'finance',
  'infrastructure',
  'location',
  'media',
  'monitoring',
  'observability',
  'other',
  'productivity',
  'project-management',
  'search',
  'security',
  'testing',
  'version-control',
] as const;

/** `listed`: known from public lists, and never tried. */
export const TIERS = ['core', 'enterprise', 'extended', 'listed'] as const;

/** `listed` and `unverified` are words of lists, recent and old: nobody looked. */
const statusSchema = z.enum([
  'active',
  'preview',
  'slow',
  'listed',
  'unverified',
  'stale',
  'superseded',
  'deprecated',
  'archived',
]);

/** A blank in a URL or in arguments, written `{name}` there. */
const blankSchema = z.strictObject({
  description: sentence,
  default: z.string().optional(),
  example: z.string().optional(),
  choices: z.array(z.string()).min(2).optional(),
  /** True when the user may give several values, each its own argument. */
  many: z.boolean().optional(),
});

/** What turns full access into reading only. Applied unless the user asks to write. */
const readOnlySchema = z.strictObject({
  url: httpsUrl.optional(),
  args: z.array(z.string()).optional(),
  env: z.record(variableName, z.string()).optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

const firstCallSchema = z.strictObject({
  /** Absent where tool names belong to the account: then listing the tools is the harmless call. */
  tool: z.string().optional(),
  args: z.record(z.string(), z.json()),
  needsAuth: z.boolean(),
  /** True when the arguments were seen in the vendor's source or documentation. */
  argsVerified: z.boolean(),
  /** Arguments to add to the server's own for this call, e.g. to keep a browser window from opening. */
  startArgs: z.array(z.string()).optional(),
  note: sentence.optional(),
});

const headerSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]+$/),
  /** Template with references such as `Bearer ${GITHUB_TOKEN}`. */
  value: z.string(),
  required: z.boolean(),
  secret: z.boolean(),
  description: sentence.optional(),
  /** Other templates the server takes instead. */
  or: z.array(z.string()).optional(),
});

const AUTH_KINDS = ['none', 'api-key', 'oauth'] as const;

const wayBase = {
  /** Unique within its entry or alternative. */
  id: slug,
  /** What this way offers, where an entry has several of a kind. */
  title: z.string().optional(),
  note: sentence.optional(),
  blanks: z.record(z.string().regex(/^[a-z][a-z-]*$/), blankSchema).optional(),
  readOnly: readOnlySchema.optional(),
  /** Kinds of authentication it takes, where those are not all of the entry's. */
  auth: z.array(z.enum(AUTH_KINDS)).min(1).optional(),
  /** Instead of the entry's. */
  headers: z.array(headerSchema).optional(),
  status: statusSchema.optional(),
  /** Where this way's tools differ from the entry's. */
  firstCall: firstCallSchema.optional(),
  /** Programs beyond the package runner that must be on the machine. */
  programs: z.array(z.enum(['gcloud', 'chrome', 'browser', 'aws', 'kubectl'])).optional(),
};

const packageBase = {
  ...wayBase,
  package: z.string().min(1),
  /** Exact version that was seen; absent when none could be read. */
  version: z.string().regex(/^\d/).optional(),
  args: z.array(z.string()).optional(),
  /** Plain settings the server needs to behave on stdio; never secrets. */
  env: z.record(variableName, z.string()).optional(),
};

/** One way to reach a server. */
const transportSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('remote'),
    transport: z.enum(['http', 'sse']),
    url: httpsUrl,
    ...wayBase,
  }),
  z.strictObject({
    kind: z.literal('npm'),
    ...packageBase,
    /** Range of Node versions the package runs on, as semver. */
    node: z.string().optional(),
    bin: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('pypi'),
    ...packageBase,
    /** Range of Python versions. */
    python: z.string().optional(),
    executable: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('oci'), ...packageBase }),
]);

/** An environment variable a server reads, or a value a header is made of. */
const variableSchema = z.strictObject({
  name: variableName,
  required: z.boolean(),
  secret: z.boolean(),
  /** True when it is typed as `name:password` and kept in base64, as HTTP's Basic scheme wants it. */
  basic: z.boolean().optional(),
  description: sentence,
  /** Where to get the value. */
  where: sentence.optional(),
  example: z.string().optional(),
  /** Ids of the transports that read it; all when absent. */
  transports: z.array(slug).optional(),
  /** Ids of the transports that cannot do without it, where the others can. */
  requiredBy: z.array(slug).optional(),
});

/** What one vendor's authorization server wants otherwise than the standard says. */
const quirksSchema = z.strictObject({
  resource: z.boolean().optional(),
  resourceOnRefresh: z.boolean().optional(),
  scopeOnRefresh: z.boolean().optional(),
  scopeOnRegistration: z.boolean().optional(),
  metadataDocument: z.boolean().optional(),
  authorizeParams: z.record(z.string(), z.string()).optional(),
  tokenAuthMethod: z.enum(['none', 'client_secret_basic', 'client_secret_post']).optional(),
});

const oauthSchema = z.strictObject({
  version: z.enum(['2.0', '2.1', '2.x']),
  /** How a client gets its id: by itself, from an app the user creates, or only by the vendor's approval. */
  registration: z.enum(['dynamic', 'pre-registered', 'allow-listed', 'unknown']),
  /** Scopes in the order from least to most. */
  scopes: z.array(z.string()),
  /** What the first call needs. */
  minimumScopes: z.array(z.string()),
  /** References to the user's own app, for pre-registered clients. */
  clientId: z.string().optional(),
  clientSecret: z.string().optional(),
  resource: httpsUrl.optional(),
  authorizationEndpoint: httpsUrl.optional(),
  tokenEndpoint: httpsUrl.optional(),
  /** Where the browser has to come back to, where the vendor compares addresses letter by letter. */
  callback: z
    .strictObject({
      host: z.enum(['127.0.0.1', 'localhost']).optional(),
      /** Any port when absent. */
      port: z.int().min(1024).max(65_535).optional(),
      path: z.string().startsWith('/').optional(),
    })
    .optional(),
  quirks: quirksSchema.optional(),
  /** How a user creates an app there; `{redirectUri}` stands for the address to enter. */
  app: z.strictObject({ console: sentence, steps: z.array(sentence).min(1) }).optional(),
  notes: z.array(sentence),
});

const authSchema = z.strictObject({
  /** What mcpctl uses unless told otherwise comes first: a key before a sign-in that needs an app of your own. */
  kinds: z.array(z.enum(AUTH_KINDS)).min(1),
  note: sentence.optional(),
  oauth: oauthSchema.optional(),
});

/** Names only, as hints: what a server answers to `tools/list` decides. */
const toolsSchema = z.strictObject({
  asOf: isoDate,
  source: sentence,
  readOnly: z.array(z.string()),
  writing: z.array(z.string()),
});

/** Another name people type, with the reason when the answer is not what the name says. */
const aliasSchema = z.strictObject({
  name: z.string().min(1),
  profile: slug.optional(),
  reason: sentence.optional(),
  /** Slugs or alternative ids that answer to the name as well. */
  also: z.array(slug).optional(),
});

/** A ready-made variation of an entry, such as one database product. */
const profileSchema = z.strictObject({
  title: z.string(),
  /** Id of the transport to use instead of the preferred one. */
  transport: slug.optional(),
  /** Variable name → example of its value for this variation. */
  examples: z.record(variableName, z.string()).optional(),
});

const alternativeSchema = z.strictObject({
  id: slug,
  title: z.string(),
  name: z.string().optional(),
  status: statusSchema,
  licence: z.string().optional(),
  note: sentence.optional(),
  transports: z.array(transportSchema).min(1),
  auth: z.enum(AUTH_KINDS).optional(),
  env: z.array(variableSchema),
  firstCall: firstCallSchema.optional(),
});

/** One server of the catalog. */
export const catalogEntrySchema = z.strictObject({
  slug,
  /** Reverse-DNS registry name where one is proven, else the slug. */
  name: z.string(),
  title: z.string(),
  description: sentence,
  vendor: z.string(),
  maintainer: z.enum(['official', 'vendor', 'community']),
  tier: z.enum(TIERS),
  status: statusSchema,
  /** Licence of the server's code; absent when it is only hosted. */
  licence: z.string().optional(),
  category: z.enum(CATEGORIES),
  repository: httpsUrl.optional(),
  docs: z.array(httpsUrl).min(1),
  aliases: z.array(aliasSchema),
  profiles: z.record(slug, profileSchema).optional(),
  /** Id of the transport to use. */
  preferred: slug,
  transports: z.array(transportSchema).min(1),
  auth: authSchema,
  env: z.array(variableSchema),
  headers: z.array(headerSchema),
  tools: toolsSchema,
  /** Requests in users' words by tool, of the tools most asked for. */
  examples: z.record(z.string(), z.array(sentence).min(1)),
  firstCall: firstCallSchema,
  rateLimit: sentence,
  caveats: z.array(sentence),
  alternatives: z.array(alternativeSchema),
  /** Addresses and packages of the past: recognised, never offered. */
  retired: z.array(
    z.strictObject({
      what: z.string(),
      state: z.enum(['deprecated', 'removed', 'archived']),
      note: sentence,
    }),
  ),
  evidence: z.array(z.string()).min(1),
  /** Day the facts were read. */
  asOf: isoDate,
});

export type CatalogEntry = z.infer<typeof catalogEntrySchema>;
export type CatalogTransport = z.infer<typeof transportSchema>;
export type CatalogVariable = z.infer<typeof variableSchema>;
export type CatalogHeader = z.infer<typeof headerSchema>;
export type CatalogAlternative = z.infer<typeof alternativeSchema>;
