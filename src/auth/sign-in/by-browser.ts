import { McpctlError } from '../../core/errors.ts';
import { type CallbackServer, listenForCallback } from '../callback/listen.ts';
import type { Credential, OAuthClient } from '../credential.ts';
import {
  type BegunAuthorization,
  beginAuthorization,
  finishAuthorization,
} from '../protocol/authorization.ts';
import { deleteRegistration } from '../protocol/dynamic-registration.ts';
import { register } from '../protocol/registration.ts';
import type { CallbackPlace } from '../sign-in-settings.ts';
import type { Prepared } from './request.ts';

/** Signs in with the browser, which comes back to a listener of this process, or whose last address is pasted. */
export async function signInByBrowser(prepared: Prepared): Promise<Credential> {
  const { settings } = prepared;
  const callback = await listen(prepared);
  let client: OAuthClient | undefined;
  let isNew = false;
  try {
    const reusable = reusableClient(prepared, callback.redirectUri);
    client = reusable ?? (await newClient(prepared, callback));
    isNew = reusable === undefined;
    let credential = await roundTrip(prepared, callback, client);
    if (credential === 'register-anew') {
      if (isNew) await giveBack(client, prepared);
      client = await newClient(prepared, callback);
      isNew = true;
      prepared.ports.say({ kind: 'registered-anew', issuer: prepared.discovery.server.issuer });
      credential = await roundTrip(prepared, callback, client);
    }
    if (credential === 'register-anew') throw refusedAgain(prepared);
    callback.answer({ ok: true, server: settings.name });
    return credential;
  } catch (error) {
    callback.answer(failureFor(settings.name, error));
    if (client && isNew) await giveBack(client, prepared);
    throw error;
  } finally {
    await callback.close();
  }
}

/** The port a client registered with comes first: not every vendor lets it vary. */
async function listen({ settings, earlier, reregister }: Prepared): Promise<CallbackServer> {
  const { callback } = settings;
  const former = reregister ? undefined : formerPort(earlier?.client, callback);
  if (callback.port !== undefined || former === undefined) return await listenForCallback(callback);
  try {
    return await listenForCallback({ ...callback, port: former });
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code !== 'CALLBACK_PORT_BUSY') throw error;
    return await listenForCallback(callback);
  }
}

function formerPort(client: OAuthClient | undefined, { path }: CallbackPlace): number | undefined {
  const [uri] = client?.redirectUris ?? [];
  if (client?.kind !== 'registered' || uri === undefined) return undefined;
  const { port, pathname } = new URL(uri);
  return pathname === path && port !== '' ? Number(port) : undefined;
}

/** The client of the earlier sign-in, when it still fits. */
function reusableClient({ earlier, settings, discovery, reregister, ports }: Prepared, redirectUri: string) {
  const client = earlier?.client;
  if (reregister || client?.kind !== 'registered' || settings.clientId !== undefined) return undefined;
  const { clientMetadataUrl, quirks } = settings;
  const isOutdone =
    clientMetadataUrl !== undefined &&
    quirks.metadataDocument !== false &&
    discovery.server.client_id_metadata_document_supported === true;
  const isExpired = client.secretExpiresAt !== undefined && client.secretExpiresAt <= ports.now();
  const fits = client.redirectUris?.some((uri) => sameButHost(uri, redirectUri)) ?? false;
  return isOutdone || isExpired || !fits ? undefined : client;
}

/** A registration may have been made for `localhost` where the vendor refused 127.0.0.1. */
function sameButHost(one: string, other: string): boolean {
  const [left, right] = [new URL(one), new URL(other)];
  return left.port === right.port && left.pathname === right.pathname;
}

async function newClient(prepared: Prepared, { redirectUri }: CallbackServer): Promise<OAuthClient> {
  const { settings, discovery, wanted, fetch, signal } = prepared;
  const { server } = discovery;
  return await register({ settings, server, redirectUris: [redirectUri], scopes: wanted, fetch, signal });
}

const CLIENT_GONE = ['invalid_client', 'unauthorized_client'];

/** To the browser and back; 'register-anew' when the server no longer knows the client, or the user says so. */
async function roundTrip(
  prepared: Prepared,
  callback: CallbackServer,
  client: OAuthClient,
): Promise<Credential | 'register-anew'> {
  const { discovery, wanted, settings, fetch, ports, signal } = prepared;
  const { server, resource } = discovery;
  const redirectUri = client.redirectUris?.[0] ?? callback.redirectUri;
  const begun = await beginAuthorization({
    server,
    client,
    redirectUri,
    scopes: wanted,
    resource,
    quirks: settings.quirks,
  });
  const arrived = await comingBack(prepared, { callback, begun, redirectUri });
  if (arrived === 'register-anew') return arrived;
  ports.say({ kind: 'came-back' });
  const { state, verifier } = begun;
  const { now } = ports;
  const answer = {
    server,
    client,
    callback: arrived,
    state,
    verifier,
    redirectUri,
    resource,
    scopes: wanted,
  };
  try {
    const tokens = await finishAuthorization({ ...answer, fetch, now, signal });
    return await prepared.keep(client, tokens);
  } catch (error) {
    const isGone = error instanceof McpctlError && CLIENT_GONE.includes(String(error.data?.error));
    if (isGone && client === prepared.earlier?.client) return 'register-anew';
    throw error;
  }
}

interface Journey {
  readonly callback: CallbackServer;
  readonly begun: BegunAuthorization;
  readonly redirectUri: string;
}

/** After this long a browser that was opened may well show an error. */
const WONDER_MS = 45_000;

async function comingBack(
  { ports, settings, signal }: Prepared,
  { callback, begun, redirectUri }: Journey,
): Promise<URL | 'register-anew'> {
  const { url, state } = begun;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const wonder = setTimeout(() => ports.say({ kind: 'no-answer', server: settings.name }), WONDER_MS);
  try {
    const arrived = callback.arrived(state, until);
    // Whoever wins, the others are stopped and must not be taken for failures.
    arrived.catch(() => {});
    const opening = ports.open(url, until).then((isOpened) => {
      if (!over.signal.aborted) ports.say({ kind: 'browser', url, isOpened, redirectUri });
    });
    opening.catch(() => {});
    const pasted = ports.paste?.({ redirectUri, state, signal: until }) ?? Promise.resolve(undefined);
    const taken = pasted.then((answer) => answer ?? arrived);
    taken.catch(() => {});
    return await Promise.race([arrived, taken, opening.then(() => arrived)]);
  } finally {
    clearTimeout(wonder);
    over.abort();
  }
}

function failureFor(server: string, error: unknown) {
  const known = error instanceof McpctlError ? error : undefined;
  return {
    ok: false,
    server,
    code: known?.code ?? 'INTERNAL',
    message: known?.message ?? 'mcpctl failed unexpectedly.',
    next: `mcpctl auth login ${server}`,
  } as const;
}

/** A registration nobody signed in with is of no use to anybody. */
async function giveBack(client: OAuthClient, { fetch }: Prepared): Promise<void> {
  try {
    await deleteRegistration(client, fetch);
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
  }
}

function refusedAgain({ discovery, settings }: Prepared): McpctlError {
  const { issuer } = discovery.server;
  return new McpctlError('OAUTH_REFUSED', `${issuer} refuses the client it has just registered.`, {
    hint: `Register an app by hand and give its id: mcpctl auth login ${settings.name} --client-id <id>`,
    data: { server: settings.name, issuer },
  });
}
