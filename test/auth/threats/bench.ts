import { expect, onTestFinished } from 'vitest';
import { type Answer, emptyHome, type Finished, type Home, mcpctlJson, start } from '../../support/cli.ts';
import { initialize, type LineClient, lineClient } from '../../support/line-client.ts';
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '../../support/oauth/authorization-server.ts';
import {
  type FetchBrowser,
  type FetchBrowserOptions,
  fetchBrowser,
} from '../../support/oauth/fetch-browser.ts';
import {
  type ProtectedServer,
  type ProtectedServerOptions,
  startProtectedServer,
} from '../../support/oauth/protected-server.ts';
import type { RecordedRequest } from '../../support/oauth/record.ts';
import { secretsIn } from '../../support/oauth/secrets.ts';
import { writeManifest } from '../../support/servers.ts';

export interface BenchOptions {
  readonly issuer?: AuthorizationServerOptions;
  readonly server?: Partial<ProtectedServerOptions>;
  readonly browser?: FetchBrowserOptions;
  /** Further keys of the manifest entry. */
  readonly entry?: object;
  readonly env?: Record<string, string>;
}

type Done = Finished & { readonly document: Answer };

/** A user's account on a machine: one remote server in the manifest, and a browser that signs in by itself. */
export interface Account extends Home {
  /** Signs in to `subject`, keeping it in an encrypted file. */
  login(...more: string[]): Promise<Done>;
  logout(): Promise<Done>;
  status(): Promise<Done>;
  /** Renews the sign-in to `subject`. */
  refresh(): Promise<Done>;
  /** Calls a tool of `subject`. */
  call(tool: string, ...more: string[]): Promise<Done>;
  /** A running `mcpctl run subject` whose session is open. */
  run(...more: string[]): Promise<LineClient>;
}

export interface Bench extends Account {
  readonly issuer: AuthorizationServer;
  readonly server: ProtectedServer;
  readonly browser: FetchBrowser;
}

/** An authorization server, an MCP server behind it, and an account that has the server in its manifest. */
export async function bench(options: BenchOptions = {}): Promise<Bench> {
  const issuer = await startAuthorizationServer(options.issuer);
  onTestFinished(issuer.close);
  const server = await startProtectedServer({
    issuers: [issuer.issuer],
    verify: issuer.verify,
    ...options.server,
  });
  onTestFinished(server.close);
  const browser = await fetchBrowser(options.browser);
  const entry = { url: server.url, auth: 'oauth', ...options.entry };
  const env = { BROWSER: browser.program, ...options.env };
  const account = await accountWith(entry, env, () => issuer.requests);
  return { ...account, issuer, server, browser };
}

/** An account with this entry as `subject`. No command may print a secret of these requests, ever. */
export async function accountWith(
  entry: object,
  env: Record<string, string>,
  requests: () => readonly RecordedRequest[],
): Promise<Account> {
  const home = await emptyHome(env);
  await writeManifest(home.home, { subject: entry });
  const ask = async (args: readonly string[]): Promise<Done> => {
    const done = await mcpctlJson([...args, '--verbose'], home);
    for (const secret of secretsIn(requests())) expect(done.stdout + done.stderr).not.toContain(secret);
    return done;
  };
  return {
    ...home,
    login: (...more) => ask(['auth', 'login', 'subject', '--store', 'file', '--yes', ...more]),
    logout: () => ask(['auth', 'logout', 'subject', '--yes']),
    status: () => ask(['auth', 'status', 'subject']),
    refresh: () => ask(['auth', 'refresh', 'subject']),
    call: (tool, ...more) => ask(['call', 'subject', tool, ...more]),
    async run(...more) {
      const client = lineClient(start(['run', 'subject', ...more], home));
      onTestFinished(() => void client.child.kill('SIGKILL'));
      client.send(initialize());
      await client.answer(0);
      return client;
    },
  };
}

/** What a tool of the protected server said; throws when it did not. */
export function said({ document }: Done): string {
  if (!document.ok) throw new Error(JSON.stringify(document.error));
  return document.data.content[0].text;
}

/** What failed, as far as tests compare it. */
export function failure({ status, document }: Done): { status: number | null; code: string | undefined } {
  return { status, code: document.error?.code };
}

/** Until tokens that live two seconds are worthless. Shorter lives may end on their way: they count whole seconds. */
export async function untilExpired(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2100));
}
