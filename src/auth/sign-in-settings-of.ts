import { appSteps } from '../catalog/app-steps.ts';
import type { CatalogEntry } from '../catalog/schema.ts';
import { McpctlError } from '../core/errors.ts';
import type { RemoteEntry } from '../manifest/entry.ts';
import type { AppInstructions, CallbackPlace, OAuthQuirks, SignInSettings } from './sign-in-settings.ts';

export interface SettingsSources {
  /** Name in the manifest. */
  readonly name: string;
  readonly entry: RemoteEntry;
  /** As `vendorOf` found it. */
  readonly catalog?: CatalogEntry;
  /** URL of the client ID metadata document of this machine's settings. */
  readonly clientMetadataUrl?: string;
  readonly privateHosts?: readonly string[];
  /** Replaces references. @throws SECRET_MISSING for one that is kept nowhere. */
  resolve(values: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>;
}

/**
 * How to sign in to a server: what its entry says, over what the catalog knows of the vendor. A reference to a client
 * id or secret that is kept nowhere counts as none: then the sign-in says how to get one.
 */
export async function signInSettingsOf(sources: SettingsSources): Promise<SignInSettings> {
  const { name, entry, catalog } = sources;
  const { url = entry.url } = await sources.resolve({ url: entry.url });
  const callback = callbackOf(entry, catalog);
  const clientId = await optional(entry.clientId, sources);
  const clientSecret = await optional(entry.clientSecret, sources);
  const clientKey = await optional(entry.clientKey, sources);
  const metadataUrl = entry.clientMetadataUrl ?? sources.clientMetadataUrl;
  const app = appOf(catalog, callback);
  return {
    name,
    url,
    ...(sources.privateHosts && { privateHosts: sources.privateHosts }),
    profile: entry.profile ?? name,
    grant: GRANTS[entry.grant ?? 'browser'],
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { clientSecret }),
    ...(clientKey !== undefined && { clientKey }),
    ...(metadataUrl !== undefined && { clientMetadataUrl: metadataUrl }),
    callback,
    ...(entry.scopes && { scopes: entry.scopes }),
    quirks: quirksOf(catalog),
    ...(app && { app }),
  };
}

const GRANTS = {
  browser: 'authorization-code',
  device: 'device-code',
  'client-credentials': 'client-credentials',
} as const;

function callbackOf(entry: RemoteEntry, catalog: CatalogEntry | undefined): CallbackPlace {
  const known = catalog?.auth.oauth?.callback;
  const port = entry.callbackPort ?? known?.port;
  return {
    host: entry.callbackHost ?? known?.host ?? '127.0.0.1',
    ...(port !== undefined && { port }),
    path: entry.callbackPath ?? known?.path ?? '/callback',
  };
}

function quirksOf(catalog: CatalogEntry | undefined): OAuthQuirks {
  const { quirks, authorizationEndpoint, tokenEndpoint } = catalog?.auth.oauth ?? {};
  return {
    ...quirks,
    ...(authorizationEndpoint !== undefined && { authorizationEndpoint }),
    ...(tokenEndpoint !== undefined && { tokenEndpoint }),
  } as OAuthQuirks;
}

function appOf(catalog: CatalogEntry | undefined, callback: CallbackPlace): AppInstructions | undefined {
  const app = catalog?.auth.oauth?.app;
  if (!catalog || !app) return undefined;
  return { vendor: catalog.vendor, console: app.console, steps: appSteps(catalog, callback) };
}

async function optional(
  value: string | undefined,
  { resolve }: SettingsSources,
): Promise<string | undefined> {
  if (value === undefined) return undefined;
  try {
    return (await resolve({ value })).value || undefined;
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'SECRET_MISSING') return undefined;
    throw error;
  }
}
