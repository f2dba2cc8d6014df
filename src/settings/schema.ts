import { z } from 'zod';

const milliseconds = (text: string) => z.int().min(100).max(3_600_000).describe(`${text}, in milliseconds`);

const registry = (text: string) => z.url({ protocol: /^https?$/ }).describe(text);

/** What a settings file may hold. Every key is optional; the defaults are in defaults.ts. */
export const settingsSchema = z.strictObject({
  $schema: z.string().optional().describe('Where an editor finds this schema'),
  clients: z
    .array(z.string().min(1))
    .optional()
    .describe('Clients that sync writes, by id; every client found when left out (mcpctl clients)'),
  defaultScope: z
    .enum(['user', 'project'])
    .optional()
    .describe('Where add puts a server when --scope is not given'),
  registries: z
    .strictObject({
      mcp: registry('MCP registry that names such as io.github.owner/server are looked up in').optional(),
      npm: registry("npm registry; npm's own configuration counts when left out").optional(),
      pypi: registry("Python package index; uv's own configuration counts when left out").optional(),
    })
    .optional()
    .describe('Where packages and server descriptions come from'),
  secrets: z
    .strictObject({
      backends: z
        .array(z.enum(['env', 'dotenv', 'keychain']))
        .min(1)
        .optional()
        .describe('Where a ${NAME} is looked up, in this order'),
      timeoutMs: milliseconds('How long a backend may take to answer').optional(),
    })
    .optional()
    .describe('Where secrets are kept'),
  timeouts: z
    .strictObject({
      callMs: milliseconds('How long one tool call may take').optional(),
      checkMs: milliseconds('How long one check of doctor may take').optional(),
      installMs: milliseconds('How long installing one server may take').optional(),
      startMs: milliseconds('How long a server may take to start and list its tools').optional(),
    })
    .optional()
    .describe('How long mcpctl waits'),
});

/** A settings file as people write it. */
export type SettingsFile = z.infer<typeof settingsSchema>;
