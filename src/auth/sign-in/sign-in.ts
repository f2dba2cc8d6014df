import { McpctlError } from '../../core/errors.ts';
import type { Credential, OAuthClient, Tokens } from '../credential.ts';
import { clientCredentials } from '../protocol/client-credentials.ts';
import { type Discovery, discover } from '../protocol/discovery.ts';
import { register } from '../protocol/registration.ts';
import { extraScopes, judgeScopes, scopesToRequest } from '../protocol/scopes.ts';
import type { SignInSettings } from '../sign-in-settings.ts';
import { credentialId } from '../store/credential-row.ts';
import { accountOf } from './account-of.ts';
import { signInByBrowser } from './by-browser.ts';
import { signInByDevice } from './by-device.ts';
import { earlierSignIn } from './earlier-sign-in.ts';
import type { Prepared, SignInRequest } from './request.ts';

const PATIENCE_MS = 5 * 60_000;

/**
 * Signs in: finds out where, becomes a client there, asks for the scopes, gets the tokens by the settings' grant and
 * keeps them. On return the sign-in is stored; when it fails, what was there before is as it was.
 * @throws KEYCHAIN_UNAVAILABLE and what else the store throws, before anything is opened or registered; what `discover`
 * throws; OAUTH_CLIENT_NEEDED, SCOPE_REFUSED, CALLBACK_PORT_BUSY, SIGN_IN_TIMEOUT, OAUTH_REFUSED, OAUTH_UNAVAILABLE,
 * OAUTH_UNTRUSTED, CANCELLED.
 */
export async function signIn(request: SignInRequest): Promise<Credential> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(timedOut(request)), request.timeoutMs ?? PATIENCE_MS);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline.signal]) : deadline.signal;
  try {
    const prepared = await prepare({ ...request, signal });
    switch (grantOf(prepared)) {
      case 'client-credentials':
        return await signInAsClient(prepared);
      case 'device-code':
        return await signInByDevice(prepared);
      case 'authorization-code':
        return await signInByBrowser(prepared);
    }
  } catch (error) {
    if (deadline.signal.aborted && !request.signal?.aborted) throw deadline.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function timedOut({ settings: { name } }: SignInRequest): McpctlError {
  return new McpctlError('SIGN_IN_TIMEOUT', `Nobody finished the sign-in to ${name} in time.`, {
    hint: `Try again: mcpctl auth login ${name}    If the browser showed an error: mcpctl auth login ${name} --reregister`,
    data: { server: name },
  });
}

async function prepare(request: SignInRequest & { readonly signal: AbortSignal }): Promise<Prepared> {
  const { settings, credentials, store, signal } = request;
  const { url, profile } = settings;
  await credentials.check({ url, profile }, { ...(store !== undefined && { store }), signal });
  const before = await earlierSignIn(request);
  const discovery = await discoverWithConsent(request, before?.issuer);
  const earlier = before?.credential?.issuer === discovery.server.issuer ? before.credential : undefined;
  const wanted = await scopesFor(request, discovery, earlier);
  return {
    ...request,
    discovery,
    wanted,
    ...(earlier && { earlier }),
    keep: async (client, tokens) => {
      const credential = recordOf({ request, discovery, wanted, earlier, client, tokens });
      const saved = await keep(request, credential);
      if (before && before.issuer !== saved.issuer) await credentials.remove(before);
      tell(request, wanted, tokens);
      return saved;
    },
  };
}

/** A server may move to another issuer, or be made to: the user decides. */
async function discoverWithConsent(
  { settings, challenge, fetch, ports, signal }: SignInRequest & { readonly signal: AbortSignal },
  expectedIssuer: string | undefined,
): Promise<Discovery> {
  const { url, privateHosts = [], quirks, grant, name, clientId } = settings;
  const options = { url, privateHosts, quirks, grant, fetch, signal, ...(challenge && { challenge }) };
  try {
    return await discover({ ...options, ...(expectedIssuer !== undefined && { expectedIssuer }) });
  } catch (error) {
    const after = error instanceof McpctlError && expectedIssuer !== undefined && error.data?.issuer;
    if (!(error instanceof McpctlError) || error.data?.expectedIssuer === undefined) throw error;
    const takesClientAlong = clientId !== undefined;
    const change = { server: name, before: expectedIssuer ?? '', after: String(after), takesClientAlong };
    if (!(await ports.confirmIssuer?.(change))) throw error;
    return await discover({ ...options, preferredIssuer: change.after });
  }
}

async function scopesFor(
  { settings, ports, scopes: asked, challenge }: SignInRequest,
  { scopesSupported, server }: Discovery,
  earlier: Credential | undefined,
): Promise<readonly string[]> {
  const { name, scopes: ceiling } = settings;
  if (asked) checkCeiling(name, asked, ceiling);
  const isStepUp = challenge?.error === 'insufficient_scope' && earlier !== undefined;
  const wanted = scopesToRequest({
    server: settings.grant === 'client-credentials' ? { ...server, scopes_supported: [] } : server,
    challenge: asked?.join(' ') ?? challenge?.scope,
    prm: scopesSupported,
    ceiling,
    previous: isStepUp ? earlier.requestedScopes : undefined,
  });
  const question = {
    server: name,
    scopes: judgeScopes(wanted),
    isListed: asked !== undefined || ceiling !== undefined,
    added: isStepUp ? wanted.filter((scope) => !earlier.requestedScopes.includes(scope)) : [],
  };
  if (await ports.confirmScopes(question)) return wanted;
  throw new McpctlError('SCOPE_REFUSED', `Not signed in to ${name}: its permissions were not accepted.`, {
    hint: `To allow fewer: mcpctl auth login ${name} --scope <scope,…>    To accept them: --yes`,
    data: { server: name, scopes: wanted },
  });
}

function checkCeiling(name: string, asked: readonly string[], ceiling: readonly string[] | undefined): void {
  const beyond = ceiling ? asked.filter((scope) => !ceiling.includes(scope)) : [];
  if (beyond.length === 0) return;
  throw new McpctlError(
    'SCOPE_REFUSED',
    `You ask for ${beyond.join(', ')}, and the manifest allows ${name} only ${ceiling?.join(', ') || 'nothing'}.`,
    { hint: `Add it to "scopes" of ${name} in the manifest first.`, data: { server: name, beyond, ceiling } },
  );
}

function grantOf({
  settings: { grant },
  discovery: { server },
  prefersDevice,
}: Prepared): SignInSettings['grant'] {
  const knowsCodes = server.device_authorization_endpoint !== undefined;
  return grant === 'authorization-code' && prefersDevice && knowsCodes ? 'device-code' : grant;
}

async function signInAsClient(prepared: Prepared): Promise<Credential> {
  const { settings, discovery, wanted, fetch, ports, signal } = prepared;
  const { server, resource } = discovery;
  const client = await register({ settings, server, redirectUris: [], scopes: wanted, fetch, signal });
  const { now } = ports;
  const { clientKey } = settings;
  const request = { server, client, clientKey, resource, scopes: wanted };
  const tokens = await clientCredentials({ ...request, fetch, now, signal });
  return await prepared.keep(client, tokens);
}

interface RecordParts {
  readonly request: SignInRequest;
  readonly discovery: Discovery;
  readonly wanted: readonly string[];
  readonly earlier: Credential | undefined;
  readonly client: OAuthClient;
  readonly tokens: Tokens;
}

function recordOf({ request, discovery, wanted, earlier, client, tokens }: RecordParts): Credential {
  const { settings, ports, prefersDevice } = request;
  const { server, resource } = discovery;
  const { url, profile, grant } = settings;
  const account = accountOf(tokens.access);
  const isByCode = prefersDevice && server.device_authorization_endpoint !== undefined;
  return {
    version: 1,
    generation: earlier?.generation ?? 0,
    url,
    issuer: server.issuer,
    profile,
    grant: grant === 'authorization-code' && isByCode ? 'device-code' : grant,
    server,
    client,
    tokens,
    resource,
    requestedScopes: [...wanted],
    ...(account !== undefined && { account }),
    signedInAt: ports.now(),
    ...(earlier?.learnt && { learnt: earlier.learnt }),
  };
}

async function keep({ credentials, store }: SignInRequest, credential: Credential): Promise<Credential> {
  const place = store === undefined ? {} : { store };
  // No signal: tokens that were given must not be lost.
  return await credentials.withLock(
    credentialId(credential),
    () => credentials.save(credential, place),
    place,
  );
}

function tell({ ports }: SignInRequest, wanted: readonly string[], { scopes: granted }: Tokens): void {
  const more = extraScopes(granted, wanted);
  const less = wanted.filter((scope) => !granted.includes(scope) && scope !== 'offline_access');
  if (more.length > 0) ports.say({ kind: 'granted-more', scopes: more });
  if (less.length > 0) ports.say({ kind: 'granted-less', scopes: less });
}
