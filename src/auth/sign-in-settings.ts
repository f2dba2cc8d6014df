/** What one vendor's authorization server wants otherwise than the standard says; data of the catalog. */
export interface OAuthQuirks {
  /** False: send no `resource` at all. */
  readonly resource?: boolean;
  /** False: no `resource` on refresh. */
  readonly resourceOnRefresh?: boolean;
  /** True: repeat the scopes on refresh. */
  readonly scopeOnRefresh?: boolean;
  /** True: name the scopes when registering. */
  readonly scopeOnRegistration?: boolean;
  /** False: do not use a client ID metadata document although the server advertises it. */
  readonly metadataDocument?: boolean;
  /** Further parameters of the authorization request, e.g. `access_type`. */
  readonly authorizeParams?: Readonly<Record<string, string>>;
  readonly tokenAuthMethod?: 'none' | 'client_secret_basic' | 'client_secret_post';
  readonly authorizationEndpoint?: string;
  readonly tokenEndpoint?: string;
}

/** Where the browser comes back to. */
export interface CallbackPlace {
  /** `127.0.0.1` unless the vendor compares with `localhost`. */
  readonly host: '127.0.0.1' | 'localhost';
  /** Absent: any free port. */
  readonly port?: number;
  /** Begins with a slash; `/callback` by default. */
  readonly path: string;
}

/** How to sign in to one server: its manifest entry over what the catalog knows of the vendor. References resolved. */
export interface SignInSettings {
  /** Name in the manifest, for messages. */
  readonly name: string;
  readonly url: string;
  /** Host names, addresses and ranges of the user's own network that may be asked. */
  readonly privateHosts?: readonly string[];
  readonly profile: string;
  readonly grant: 'authorization-code' | 'device-code' | 'client-credentials';
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Instead of a secret: a private key in PEM form, for signed assertions (client credentials only). */
  readonly clientKey?: string;
  /** https URL of a client ID metadata document. */
  readonly clientMetadataUrl?: string;
  readonly callback: CallbackPlace;
  /** Ceiling of what may be requested; no ceiling when absent. */
  readonly scopes?: readonly string[];
  readonly quirks: OAuthQuirks;
  /** Where to create an app by hand, for vendors that let nobody register by themselves. */
  readonly app?: AppInstructions;
}

/** How a user gets a client id from a vendor. */
export interface AppInstructions {
  readonly vendor: string;
  /** Where in the vendor's console. */
  readonly console: string;
  readonly steps: readonly string[];
}
