import { z } from 'zod';
import { NAMESPACE_PATTERN } from '../core/registry-names.ts';
import { secret } from './secret-reference.ts';

const ownRegistry = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be small letters, digits and hyphens')
    .refine(
      (name) => name !== 'public' && name !== 'catalog',
      'is what mcpctl calls another source of servers',
    )
    .describe('What you call it'),
  url: z.url({ protocol: /^https?$/ }).describe('Its address, without /v0.1'),
  namespaces: z
    .array(z.string().regex(NAMESPACE_PATTERN, 'must be a namespace such as io.acme/*'))
    .optional()
    .describe('Names that come from here or from nowhere, such as io.acme/*'),
  token: secret('token', 'REGISTRY_TOKEN').optional(),
});

export const registrySchemas = {
  client: {
    own: z
      .array(ownRegistry)
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'has a name twice')
      .optional()
      .describe(
        "MCP registries of your own, asked before mcp; the first that has a name wins. Counts in the user's settings only",
      ),
    countInstalls: z
      .boolean()
      .optional()
      .describe(
        "Whether a registry of your own is told when you add a server of it, under a random number; counts in the user's settings only",
      ),
  },
  server: z
    .strictObject({
      port: z.int().min(1).max(65_535).optional().describe('Port of registry serve'),
      postgres: secret('address of the database', 'REGISTRY_DATABASE').optional(),
    })
    .optional()
    .describe("What registry serve uses; counts in the user's settings only"),
};
