import { z } from 'zod';
import { PROFILE_NAME } from './call-settings.ts';

const perMinute = (text: string) => z.int().min(0).max(100_000).describe(`${text}; 0: any number`);
const milliseconds = (text: string, most = 3_600_000) =>
  z.int().min(0).max(most).describe(`${text}, in milliseconds`);
const serverName = z.string().min(1);
const toolKey = z.string().regex(/^[^/@*]+\/[^@*]+$/, 'must be server/tool');
const pattern = z
  .string()
  .regex(
    /^[^/@]+(\/[^@]+)?(@(read|write|destructive|unknown))?$/,
    'must be server/tool, with * for any characters and @read, @write, @destructive or @unknown at the end',
  );

const policy = z
  .strictObject({
    readOnly: z.boolean().optional().describe('Whether only tools that say they read may be called'),
    allow: z
      .array(pattern)
      .optional()
      .describe('What may be called, as server/tool patterns; everything when left out'),
    deny: z.array(pattern).optional().describe('What may not be called, even when allowed'),
    changedTools: z
      .enum(['withhold', 'warn'])
      .optional()
      .describe(
        'Whether tools that differ from those that were locked are withheld until they are approved, or only reported',
      ),
    regions: z
      .strictObject({
        allowed: z.array(z.string().min(1)).optional().describe('Regions calls may go to'),
        servers: z.record(serverName, z.string().min(1)).optional().describe('Region each server is in'),
      })
      .optional()
      .describe('Where data may go'),
  })
  .optional()
  .describe("What may be called; a project's settings can forbid more, never allow more");

const limits = z
  .strictObject({
    perMinute: perMinute('Calls a server may get in any 60 seconds').optional(),
    servers: z.record(serverName, perMinute('For one server')).optional().describe('For single servers'),
    tools: z
      .record(toolKey, perMinute('For one tool'))
      .optional()
      .describe('For single tools, by server/tool'),
    perPrincipalPerMinute: perMinute('Calls one principal may make to a server in any 60 seconds').optional(),
    waitMs: milliseconds('How long a call over a limit may wait instead of being refused', 60_000).optional(),
  })
  .optional()
  .describe("How often servers are called; counts in the user's settings only");

const cachedTool = z.strictObject({
  ttlMs: z.int().min(1).max(86_400_000).optional().describe('How long a result is kept, in milliseconds'),
  shared: z.boolean().optional().describe('Whether one result serves every principal'),
  staleIfErrorMs: milliseconds('How long after that it still serves when the server fails').optional(),
});

const cache = z
  .strictObject({
    lists: z
      .boolean()
      .optional()
      .describe('Whether lists and resources are kept as long as their server allows'),
    tools: z
      .record(toolKey, cachedTool)
      .optional()
      .describe('Tools that only read and whose results may be kept, by server/tool'),
    maxEntries: z.int().min(1).max(1_000_000).optional().describe('Results that are kept'),
    maxBytes: z.int().min(1024).optional().describe('Bytes of results that are kept'),
    maxResultBytes: z.int().min(1).optional().describe('Bytes above which a result is not kept'),
  })
  .optional()
  .describe("What is answered without asking the server again; counts in the user's settings only");

const share = z.number().gt(0).max(1);
const count = z.int().min(1).max(10_000);

const breaker = z
  .strictObject({
    enabled: z.boolean().optional().describe('Whether a server that keeps failing is left alone for a while'),
    failures: count.optional().describe('Failures in a row that open it'),
    ratio: share.optional().describe('Share of failures that opens it'),
    minimum: count.optional().describe('Calls the share needs to count'),
    windowMs: milliseconds('Time the share is taken over').optional(),
    openMs: milliseconds('How long it stays open at most; it begins with a second and doubles').optional(),
  })
  .optional()
  .describe("The circuit breaker of each server; counts in the user's settings only");

const concurrency = z
  .strictObject({
    perServer: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe('Calls a server works on at once; 0: any number'),
    servers: z.record(serverName, z.int().min(0).max(10_000)).optional().describe('For single servers'),
    queue: z.int().min(0).max(100_000).optional().describe('Calls that may wait for their turn'),
  })
  .optional()
  .describe("How many calls a server gets at once; counts in the user's settings only");

const argumentForm = z.union([
  z.string(),
  z.strictObject({
    argument: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(2)])
      .describe('Its name; several hold the parts of a value with slashes'),
    isList: z.boolean().optional().describe('Whether it is a list of one'),
    values: z
      .record(z.string(), z.string())
      .optional()
      .describe('Value of the parameter and of the argument; others have no counterpart'),
    isWords: z
      .boolean()
      .optional()
      .describe('Whether only words have a counterpart, no operators of a query'),
    text: z.string().optional().describe('What it is made of, with {} for the words in quotes'),
    means: z.string().optional().describe('What the words mean elsewhere, with {} for them'),
  }),
]);

/** A tool of a capability. */
export const fallbackTool = z.strictObject({
  server: serverName,
  tool: z.string().min(1),
  arguments: z
    .record(z.string(), argumentForm)
    .optional()
    .describe('Parameter of the capability and the argument of this tool it goes to'),
  constants: z
    .record(z.string(), z.json())
    .optional()
    .describe('Arguments the tool always has; a call without them is none of the capability'),
});

const capability = z.string().regex(/^[a-z0-9][a-z0-9-]*$/);

const standIns = z
  .strictObject({
    capabilities: z
      .array(capability)
      .optional()
      .describe('Capabilities mcpctl knows of which servers stand in for each other; an empty list: none'),
    given: z
      .record(toolKey, z.record(z.string(), z.json()))
      .optional()
      .describe('Arguments tools need to stand in, by server/tool'),
  })
  .optional()
  .describe("Which well-known servers stand in for each other; counts in the user's settings only");

const fallbacks = z
  .record(capability, z.array(fallbackTool))
  .optional()
  .describe(
    "Tools that can stand in for each other, best first, by capability (web-search); only for tools that read; counts in the user's settings only",
  );

const gatewayMode = z.enum(['full', 'search']).optional();
const profileName = z
  .string()
  .regex(PROFILE_NAME, 'must be up to 64 letters, digits, dots, hyphens and underscores');
const profile = z.strictObject({
  description: z.string().optional().describe('What it is for'),
  allow: z
    .array(pattern)
    .optional()
    .describe('Tools it has, as server/tool patterns, or names of servers; all of them when left out'),
  deny: z.array(pattern).optional().describe('Tools it does not have, even when allowed'),
  mode: gatewayMode.describe("What its clients are shown; the gateway's mode when left out"),
});

export const callSchemas = {
  policy,
  limits,
  cache,
  retry: z
    .strictObject({
      pausesMs: z
        .array(z.int().min(0).max(600_000))
        .max(10)
        .optional()
        .describe('Pauses before further attempts, in milliseconds; an empty list never tries again'),
    })
    .optional()
    .describe("When failed calls that are safe to repeat are repeated; counts in the user's settings only"),
  breaker,
  concurrency,
  fallbacks,
  standIns,
  pipelines: z
    .strictObject({
      files: z
        .array(z.string().regex(/^(~?\/|[A-Za-z]:[\\/])/, 'must be an absolute path, or begin with ~/'))
        .optional()
        .describe(
          'Files and folders of published pipelines, besides the folder pipelines beside the settings',
        ),
      unattended: z
        .array(z.string().min(1))
        .optional()
        .describe('Names of pipelines, or *, that may write without anybody being asked'),
    })
    .optional()
    .describe("Pipelines the gateway offers as tools; counts in the user's settings only"),
  store: z
    .strictObject({
      kind: z.enum(['memory', 'redis']).optional().describe('Where limits and cached results are kept'),
      url: z.string().optional().describe('redis:// or rediss://; may refer to a secret, as in ${REDIS_URL}'),
    })
    .optional()
    .describe("State that several gateways share; counts in the user's settings only"),
  gateway: z
    .strictObject({
      port: z.int().min(1).max(65_535).optional().describe('Port of gateway --http'),
      servers: z
        .array(serverName)
        .optional()
        .describe('Servers it offers; all that are enabled when left out'),
      mode: gatewayMode.describe(
        'What clients are shown: every tool (full), or find_tools and call_tool (search)',
      ),
      profiles: z
        .record(profileName, profile)
        .optional()
        .describe(
          'Parts of what it offers, by name: gateway --profile, /mcp?profile=, gateway token --profile',
        ),
      idleStopMs: milliseconds(
        'Time without a call after which a server is stopped; 0 keeps it',
        86_400_000,
      ).optional(),
      sessionIdleMs: milliseconds('Silence after which a session ends', 86_400_000).optional(),
      maxBodyBytes: z.int().min(1024).max(1_073_741_824).optional().describe('Longest message, in bytes'),
      maxConnections: count.optional().describe('Connections at once'),
    })
    .optional()
    .describe("The gateway; counts in the user's settings only"),
};
