/** How one vendor's authorization server differs from what the standards lead to expect. */
export interface VendorRules {
  /** Addresses as the catalog has them; on this machine when absent. */
  readonly home?: { readonly issuer: string; readonly url: string };
  /** False: clients come from the vendor's console only. */
  readonly registration?: boolean;
  /** A registration without `scope` gets clients that may ask for nothing. */
  readonly registrationNeedsScope?: boolean;
  /** Advertises client ID metadata documents, but its MCP server refuses tokens of such clients. */
  readonly documentsAdvertisedOnly?: boolean;
  /** Made by hand in the vendor's console. Its redirect is compared byte for byte, unless it names no port: then any does. */
  readonly client?: { readonly id: string; readonly secret?: string; readonly redirectUri: string };
  /** Every refresh replaces the refresh token; the old one works so many milliseconds longer. */
  readonly rotation?: { readonly leeway: number };
  /** Seconds; 3600 by default; `none`: the answer has no `expires_in` and tokens live for ever. */
  readonly lifetime?: number | 'none';
  /** Errors come with status 200, and every answer as a form unless JSON is asked for. */
  readonly errorsWithStatus200?: boolean;
  readonly resourceOnRefresh?: 'required' | 'refused';
  readonly scopeOnRefresh?: 'required';
  /** Parameters of the authorization request without which there is no refresh token. */
  readonly offlineNeeds?: Readonly<Record<string, string>>;
  /** The scope without which there is no refresh token. */
  readonly offlineScope?: string;
  /** An unknown client gets this at the authorization endpoint, in the browser, instead of a redirect. */
  readonly unknownClient?: { readonly status: number; readonly body: object };
  readonly scopes?: readonly string[];
}

/** As reported in public for these vendors; their names stand for the behaviour, not for the vendor of today. */
export const VENDORS = {
  linear: {
    home: { issuer: 'https://mcp.linear.app', url: 'https://mcp.linear.app/mcp' },
    documentsAdvertisedOnly: true,
    registrationNeedsScope: true,
    scopes: ['read', 'write'],
  },
  notion: {
    home: { issuer: 'https://mcp.notion.com', url: 'https://mcp.notion.com/mcp' },
    rotation: { leeway: 0 },
  },
  atlassian: {
    home: { issuer: 'https://auth.atlassian.com', url: 'https://mcp.atlassian.com/v1/mcp' },
    rotation: { leeway: 600_000 },
    lifetime: 3300,
  },
  github: {
    home: { issuer: 'https://github.com/login/oauth', url: 'https://api.githubcopilot.com/mcp/' },
    registration: false,
    client: { id: 'Iv1.0123456789abcdef', secret: 'of-the-app', redirectUri: 'http://127.0.0.1/callback' },
    lifetime: 'none',
    errorsWithStatus200: true,
  },
  slack: {
    home: { issuer: 'https://slack.com', url: 'https://mcp.slack.com/mcp' },
    registration: false,
    client: { id: '1234.5678', secret: 'of-the-app', redirectUri: 'http://localhost:3118/callback' },
    rotation: { leeway: 0 },
  },
  asana: {
    home: { issuer: 'https://app.asana.com', url: 'https://mcp.asana.com/v2/mcp' },
    registration: false,
    client: { id: '120000', secret: 'of-the-app', redirectUri: 'http://localhost:27890/callback' },
  },
  supabase: {
    home: { issuer: 'https://api.supabase.com', url: 'https://mcp.supabase.com/mcp' },
    rotation: { leeway: 10_000 },
    unknownClient: { status: 422, body: { message: 'Unrecognized client_id' } },
  },
  entra: {
    registration: false,
    client: { id: 'c0ffee00-1111-2222-3333-444455556666', redirectUri: 'http://localhost/callback' },
    resourceOnRefresh: 'refused',
    scopeOnRefresh: 'required',
    offlineScope: 'offline_access',
    scopes: ['api://app/read', 'offline_access'],
  },
  cloudflare: {
    home: { issuer: 'https://mcp.cloudflare.com', url: 'https://mcp.cloudflare.com/mcp' },
    rotation: { leeway: 0 },
    resourceOnRefresh: 'required',
  },
  google: {
    home: { issuer: 'https://accounts.google.com', url: 'https://bigquery.googleapis.com/mcp' },
    registration: false,
    client: { id: 'app.googleusercontent', secret: 'of-the-app', redirectUri: 'http://127.0.0.1/callback' },
    offlineNeeds: { access_type: 'offline', prompt: 'consent' },
  },
} as const satisfies Record<string, VendorRules>;
