import { z } from 'zod';

const strings = z.record(z.string(), z.string());

/** A server mcpctl starts: a program that speaks MCP on its standard streams. Unknown keys are kept. */
export const stdioEntrySchema = z.looseObject({
  type: z.enum(['stdio', 'local']).optional(),
  command: z.string().min(1),
  args: z.array(z.string()).optional(),
  /** Values may hold references such as `${DATABASE_URL}`; never a literal secret. */
  env: strings.optional(),
  cwd: z.string().optional(),
  disabled: z.boolean().optional(),
});

/** A server reached by URL. Unknown keys are kept. */
export const remoteEntrySchema = z.looseObject({
  type: z.enum(['http', 'sse', 'streamable-http', 'streamableHttp']).optional(),
  url: z.string().min(1),
  headers: strings.optional(),
  auth: z.enum(['oauth', 'none', 'api-key']).optional(),
  /** Ceiling of what sign-in may ask for. */
  scopes: z.array(z.string()).optional(),
  clientId: z.string().optional(),
  /** A reference, never the secret itself. */
  clientSecret: z.string().optional(),
  /** Instead of a secret: a reference to a private key in PEM form, for the grant `client-credentials`. */
  clientKey: z.string().optional(),
  clientMetadataUrl: z.string().optional(),
  /** TCP port for the sign-in redirect, where a vendor compares ports exactly. */
  callbackPort: z.int().min(1).max(65_535).optional(),
  /** Where a vendor tells the two apart. */
  callbackHost: z.enum(['127.0.0.1', 'localhost']).optional(),
  callbackPath: z.string().startsWith('/').optional(),
  /** How to sign in; with the browser by default. */
  grant: z.enum(['browser', 'device', 'client-credentials']).optional(),
  /** Entries of one address and profile share a sign-in; the server's name by default. */
  profile: z.string().min(1).optional(),
  disabled: z.boolean().optional(),
});
