import type { Credential } from '../../auth/credential.ts';
import { discover } from '../../auth/protocol/discovery.ts';
import { receptionOf } from '../../auth/sign-in/server-challenge.ts';
import { signIn } from '../../auth/sign-in/sign-in.ts';
import type { SignInSettings } from '../../auth/sign-in-settings.ts';
import { checkStoreName } from '../../auth/store/store-name.ts';
import type { Context } from '../../cli/context.ts';
import { parseDuration } from '../../cli/duration.ts';
import { McpctlError } from '../../core/errors.ts';
import { shownAddress } from '../../core/shown-address.ts';
import { browserAdvice } from '../../platform/browser-advice.ts';
import { type OpenSignIn, openSignIn } from './open-sign-in.ts';
import { askForApp, keepClientId } from './own-app.ts';
import { terminalPorts } from './terminal-ports.ts';

export interface LoginFlags {
  readonly store?: string;
  /** False with `--no-browser`. */
  readonly browser: boolean;
  readonly device?: boolean;
  readonly scope?: readonly string[];
  readonly clientId?: string;
  readonly reregister?: boolean;
  readonly timeout?: string;
  readonly yes?: boolean;
}

/** What a sign-in left behind; holds no secret. */
export interface SignedIn {
  readonly server: string;
  readonly url: string;
  readonly issuer: string;
  readonly account?: string;
  readonly scopes: readonly string[];
  readonly grant: Credential['grant'];
  readonly client: Credential['client']['kind'];
  readonly store: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  /** True when mcpctl can renew it without anybody. */
  readonly renews: boolean;
}

/** Signs in to a server of the manifest; asks for an app of one's own where the vendor wants one. */
export async function loginFlow(server: string, flags: LoginFlags, context: Context): Promise<SignedIn> {
  if (flags.store !== undefined) checkStoreName(flags.store);
  const opened = await openSignIn(server, context);
  const place = { ...opened, settings: withFlags(opened.settings, flags) };
  refuseInCi(place.settings, flags, context);
  try {
    const signedIn = await login(place, flags, context);
    if (flags.clientId !== undefined) await keepClientId(place, flags.clientId, context);
    return signedIn;
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code !== 'OAUTH_CLIENT_NEEDED') throw error;
    return await login({ ...place, settings: await askForApp(place, error, context) }, flags, context);
  }
}

function withFlags(settings: SignInSettings, { clientId, device }: LoginFlags): SignInSettings {
  return {
    ...settings,
    ...(clientId !== undefined && { clientId }),
    ...(device && { grant: 'device-code' as const }),
  };
}

/** A job would wait for a person in vain. */
function refuseInCi({ name, grant }: SignInSettings, { browser }: LoginFlags, context: Context): void {
  const advice = browserAdvice(context);
  if (advice?.reason !== 'ci' || !browser || grant !== 'authorization-code') return;
  throw new McpctlError('SIGN_IN_NEEDED', `${name} wants a sign-in. ${advice.why}`, {
    hint: [
      ...advice.ways,
      `With client credentials: "grant": "client-credentials" for ${name} in the manifest.`,
    ].join('\n'),
    data: { server: name, reason: advice.reason },
  });
}

async function login(place: OpenSignIn, flags: LoginFlags, context: Context): Promise<SignedIn> {
  const { settings, credentials, fetch } = place;
  const { signal } = context;
  const { browser, store, scope, reregister = false, timeout, yes = false } = flags;
  const where = { ...(store !== undefined && { store }), signal };
  // Before anything is sent: a sign-in that cannot be kept is worth nothing.
  await credentials.check(settings, where);
  const reception = await receptionOf(settings.url, fetch, signal);
  if (reception.kind === 'open') await refuseOpen(place, context);
  const credential = await signIn({
    settings,
    credentials,
    fetch,
    ports: terminalPorts(context, { server: settings.name, browser, yes, canTalk: true }),
    ...(reception.kind === 'challenge' && { challenge: reception.challenge }),
    ...(scope && { scopes: scope }),
    ...(store !== undefined && { store }),
    ...(timeout !== undefined && { timeoutMs: parseDuration(timeout, '--timeout') }),
    prefersDevice: browser && browserAdvice(context) !== undefined,
    reregister,
    signal,
  });
  return await describe(credential, place);
}

/** A server that serves everybody may still know accounts; one that says nothing of them has none. */
async function refuseOpen({ settings, fetch }: OpenSignIn, { signal }: Context): Promise<void> {
  const { url, privateHosts = [], quirks, name } = settings;
  const { resource, server } = await discover({ url, privateHosts, quirks, fetch, signal });
  // Servers of 2025-03-26 have no metadata of their own, and those without any have invented endpoints.
  const isInvented = server.code_challenge_methods_supported === undefined;
  if (resource !== null || quirks.resource === false || !isInvented) return;
  throw new McpctlError('USAGE', `${name} serves everybody; there is nothing to sign in to.`, {
    hint: `mcpctl tools ${name}`,
    data: { server: name },
  });
}

/** What there is to say about a credential. */
export async function describe(
  credential: Credential,
  { settings, credentials }: Pick<OpenSignIn, 'settings' | 'credentials'>,
): Promise<SignedIn> {
  const { url, issuer, account, tokens, grant, client } = credential;
  const row = await credentials.find(settings);
  return {
    server: settings.name,
    url: shownAddress(url),
    issuer,
    ...(account !== undefined && { account }),
    scopes: tokens?.scopes ?? [],
    grant,
    client: client.kind,
    store: row?.store ?? 'memory',
    ...(tokens?.expiresAt !== undefined && { expiresAt: new Date(tokens.expiresAt).toISOString() }),
    renews: tokens?.refresh !== undefined || grant === 'client-credentials',
  };
}
