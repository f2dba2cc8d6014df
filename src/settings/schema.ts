import { isIP } from 'node:net';
import { z } from 'zod';
import { alertSchema } from './alert-schema.ts';
import { callSchemas } from './call-schema.ts';
import { registrySchemas } from './registry-schema.ts';
import { routingSchema } from './routing-schema.ts';
import { STORE_NAME } from './settings.ts';
import { telemetrySchema } from './telemetry-schema.ts';
import { watchSchema } from './watch-schema.ts';

const milliseconds = (text: string) => z.int().min(100).max(3_600_000).describe(`${text}, in milliseconds`);

const registry = (text: string) => z.url({ protocol: /^https?$/ }).describe(text);

/** True for host names and addresses, and for ranges that are ranges. */
function isPlace(text: string): boolean {
  const [address = '', bits] = text.split('/');
  if (bits === undefined) return /^[A-Za-z0-9.:_-]+$/.test(address);
  return Number(bits) <= ({ 4: 32, 6: 128 }[isIP(address)] ?? -1);
}

/** What a settings file may hold. Every key is optional; the defaults are in settings.ts. */
export const settingsSchema = z.strictObject({
  $schema: z.string().optional().describe('Where an editor finds this schema'),
  auth: z
    .strictObject({
      clientMetadataUrl: z
        .url({ protocol: /^https$/ })
        .optional()
        .describe(
          "Where your client ID metadata document is (mcpctl auth client-metadata writes one); counts in the user's settings only",
        ),
      store: z
        .string()
        .regex(STORE_NAME, 'must be keychain, file, memory or helper:<program>')
        .optional()
        .describe(
          "Where new sign-ins are kept: keychain, file (encrypted), memory, or helper:<program> for docker-credential-<program>; counts in the user's settings only",
        ),
    })
    .optional()
    .describe('How mcpctl signs in'),
  audit: z
    .strictObject({
      enabled: z.boolean().optional().describe('Whether tool calls are recorded'),
      payloads: z
        .boolean()
        .optional()
        .describe('Whether arguments and results are recorded too, sealed with the key of who called'),
      syncsEach: z
        .boolean()
        .optional()
        .describe(
          'Whether a call that may change something is answered only when its row is on the disk; otherwise within a second',
        ),
      key: z
        .enum(['keychain', 'file', 'none'])
        .optional()
        .describe('Where the key of the audit log is; with none nothing personal is recorded'),
      onFailure: z
        .enum(['refuse', 'continue'])
        .optional()
        .describe('What becomes of calls that may change something when they cannot be recorded'),
      retentionDays: z
        .int()
        .min(1)
        .max(36_500)
        .optional()
        .describe('Days that are kept; older ones go with the next call, or with audit prune'),
      hold: z.boolean().optional().describe('Legal hold: nothing is pruned or forgotten'),
      region: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
        .optional()
        .describe('Region whose audit log is written, each with a folder and a key of its own'),
    })
    .optional()
    .describe("The record of tool calls; counts in the user's own settings only"),
  clients: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'Clients that sync, add and init write, by id; every client found when left out (mcpctl clients)',
    ),
  defaultScope: z
    .enum(['user', 'project'])
    .optional()
    .describe('Where add and init put a server when --scope is not given'),
  network: z
    .strictObject({
      allowPrivate: z
        .array(z.string().refine(isPlace, 'must be a host name, an address, or a range such as 10.1.0.0/16'))
        .optional()
        .describe(
          "Host names, addresses and ranges (10.1.0.0/16) of your own network that registries and authorization servers may be at; counts in the user's settings only",
        ),
    })
    .optional()
    .describe('Where mcpctl may send requests'),
  registries: z
    .strictObject({
      mcp: registry(
        "MCP registry that names such as io.github.owner/server are looked up in; counts in the user's settings only",
      ).optional(),
      npm: registry("npm registry; npm's own configuration counts when left out").optional(),
      pypi: registry("Python package index; uv's own configuration counts when left out").optional(),
      ...registrySchemas.client,
    })
    .optional()
    .describe('Where packages and server descriptions come from'),
  registryServer: registrySchemas.server,
  secrets: z
    .strictObject({
      store: z
        .enum(['keychain', 'env'])
        .optional()
        .describe(
          'Where add, import and secret set keep a value when --store is not given; env is the .env here',
        ),
    })
    .optional()
    .describe('Where secrets are kept'),
  ...callSchemas,
  alerts: alertSchema,
  timeouts: z
    .strictObject({
      toolMs: milliseconds('Longest silence of a server during a tool call of a client').optional(),
      slowToolMs: milliseconds('The same for the tools in slowTools').optional(),
      slowTools: z.array(z.string().min(1)).optional().describe('Slow tools, as server/tool patterns'),
      toolTotalMs: milliseconds('Longest tool call of a client, whatever its progress').optional(),
      callMs: milliseconds('Longest silence of a server during call, without --timeout').optional(),
      startMs: milliseconds(
        'How long a server may take to start and to answer tools, doctor and the check of add, without --timeout',
      ).optional(),
    })
    .optional()
    .describe('How long mcpctl waits'),
  watch: watchSchema,
  routing: routingSchema,
  telemetry: telemetrySchema,
});

/** A settings file as people write it. */
export type SettingsFile = z.infer<typeof settingsSchema>;
