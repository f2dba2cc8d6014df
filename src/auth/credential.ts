import { z } from 'zod';

/** How a client proves itself at the token endpoint. */
const tokenAuthMethodSchema = z.enum(['none', 'client_secret_basic', 'client_secret_post']);

/** The client a sign-in was made with; its id is worth nothing at another issuer. */
const clientSchema = z.object({
  /** Where the id comes from: the manifest, a client ID metadata document, or dynamic registration. */
  kind: z.enum(['pre-registered', 'metadata-document', 'registered']),
  id: z.string().min(1),
  secret: z.string().optional(),
  authMethod: tokenAuthMethodSchema,
  /** Milliseconds since the epoch. */
  secretExpiresAt: z.number().optional(),
  /** Where and with what a registration can be deleted (RFC 7592). */
  registrationUri: z.string().optional(),
  registrationToken: z.string().optional(),
  /** What was registered, to see whether it still fits. */
  redirectUris: z.array(z.string()).optional(),
});

const tokensSchema = z.object({
  access: z.string().min(1),
  refresh: z.string().min(1).optional(),
  /** Milliseconds since the epoch by this machine's clock; unknown when the server did not say. */
  expiresAt: z.number().optional(),
  /** Milliseconds since the epoch. */
  receivedAt: z.number(),
  /** As granted, where the server said so; otherwise as requested. */
  scopes: z.array(z.string()),
});

/** The endpoints of an authorization server (RFC 8414), kept so that a refresh needs no discovery. */
export const serverMetadataSchema = z.looseObject({
  issuer: z.string().min(1),
  authorization_endpoint: z.string().optional(),
  token_endpoint: z.string(),
  registration_endpoint: z.string().optional(),
  revocation_endpoint: z.string().optional(),
  device_authorization_endpoint: z.string().optional(),
  scopes_supported: z.array(z.string()).optional(),
  grant_types_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  client_id_metadata_document_supported: z.boolean().optional(),
});

/** What a sign-in leaves behind: one a server address, issuer and profile. Kept as JSON in a credential store. */
export const credentialSchema = z.object({
  version: z.literal(1),
  /** Grows by one with every write; tells whether somebody else wrote since it was read. */
  generation: z.int().min(1),
  /** The server's address as the manifest has it, references resolved. */
  url: z.string(),
  issuer: z.string(),
  profile: z.string(),
  grant: z.enum(['authorization-code', 'device-code', 'client-credentials']),
  server: serverMetadataSchema,
  client: clientSchema,
  /** Absent after a logout that kept the client, and before the first grant. */
  tokens: tokensSchema.optional(),
  /** Sent as `resource` with every request (RFC 8707), byte for byte; null when this server must not get one. */
  resource: z.string().nullable(),
  /** What was asked for, over all step-ups. */
  requestedScopes: z.array(z.string()),
  /** Who signed in, where the server tells. */
  account: z.string().optional(),
  /** Milliseconds since the epoch. */
  signedInAt: z.number(),
  refreshedAt: z.number().optional(),
  /** Set while a rotation is under way: found later, it says that one was interrupted. */
  refreshing: z.object({ startedAt: z.number() }).optional(),
  /** Set when the server refused these tokens for good; a sign-in clears it. */
  needsSignIn: z.object({ reason: z.string(), at: z.number() }).optional(),
  /** What this issuer turned out to want, e.g. no `resource` on refresh. */
  learnt: z
    .object({ resourceOnRefresh: z.boolean().optional(), scopeOnRefresh: z.boolean().optional() })
    .optional(),
});

export type TokenAuthMethod = z.infer<typeof tokenAuthMethodSchema>;
export type OAuthClient = z.infer<typeof clientSchema>;
export type Tokens = z.infer<typeof tokensSchema>;
export type ServerMetadata = z.infer<typeof serverMetadataSchema>;
export type Credential = z.infer<typeof credentialSchema>;

/** Which credential: the address, who issues, and the profile (the server's name unless its entry says otherwise). */
export type CredentialKey = Pick<Credential, 'url' | 'issuer' | 'profile'>;
