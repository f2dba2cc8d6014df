import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { emptyHome, type Home } from './cli.ts';
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from './oauth/authorization-server.ts';
import { type FetchBrowser, type FetchBrowserOptions, fetchBrowser } from './oauth/fetch-browser.ts';
import {
  type ProtectedServer,
  type ProtectedServerOptions,
  startProtectedServer,
} from './oauth/protected-server.ts';
import { startSecretService } from './secret-service.ts';

export interface SignInWorldOptions {
  readonly issuer?: AuthorizationServerOptions;
  readonly server?: Partial<ProtectedServerOptions>;
  readonly browser?: FetchBrowserOptions;
  /** Further keys of the manifest entry `notes`. */
  readonly entry?: Readonly<Record<string, unknown>>;
  /** False: no keychain; true by default. */
  readonly keychain?: boolean;
}

export interface SignInWorld extends Home {
  readonly issuer: AuthorizationServer;
  readonly server: ProtectedServer;
  readonly browser: FetchBrowser;
  /** Absolute path of the user's manifest, which has the server as `notes`. */
  readonly manifest: string;
  /** The entry as it stands there. */
  entry(): Promise<Record<string, unknown>>;
}

/** A home with one protected server in its manifest, a real keychain, and a browser that signs in by itself. */
export async function signInWorld(options: SignInWorldOptions = {}): Promise<SignInWorld> {
  const issuer = await startAuthorizationServer(options.issuer);
  onTestFinished(issuer.close);
  const server = await startProtectedServer({
    issuers: [issuer.issuer],
    verify: issuer.verify,
    scopesSupported: ['read', 'write'],
    ...options.server,
  });
  onTestFinished(server.close);
  const browser = await fetchBrowser(options.browser);
  const service = options.keychain === false ? undefined : await startSecretService();
  if (service) onTestFinished(service.stop);
  const home = await emptyHome({ ...service?.env, BROWSER: browser.program });
  const manifest = join(home.home, '.config', 'claude', 'claude_desktop_config.json');
  await mkdir(dirname(manifest), { recursive: true });
  const read = async () => JSON.parse(await readFile(manifest, 'utf8')).mcpServers.notes;
  const notes = { url: server.url, auth: 'oauth', ...options.entry };
  await writeFile(manifest, JSON.stringify({ mcpServers: { notes } }));
  return { ...home, issuer, server, browser, manifest, entry: read };
}
