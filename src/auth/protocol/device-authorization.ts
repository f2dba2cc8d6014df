import { setTimeout as pauseFor } from 'node:timers/promises';
import type { DeviceAuthorizationResponse } from 'openid-client';
import { McpctlError } from '../../core/errors.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { OAuthClient, ServerMetadata, Tokens } from '../credential.ts';
import { configure } from './configuration.ts';
import { checkEndpoint } from './endpoints.ts';
import { protocolStep, type Step } from './failures.ts';
import { reachOf } from './network.ts';
import { tokensOf } from './tokens-of.ts';

export interface DeviceOptions {
  readonly server: ServerMetadata;
  readonly client: OAuthClient;
  readonly resource: string | null;
  readonly scopes: readonly string[];
  readonly fetch: Fetch;
  readonly now?: () => number;
  readonly pause?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface DeviceAuthorization {
  /** What the user types at `verificationUri`. */
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Asks until the user agreed. @throws SIGN_IN_TIMEOUT, OAUTH_REFUSED when they declined, CANCELLED. */
  wait(signal?: AbortSignal): Promise<Tokens>;
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SLOWER_MS = 5000;

/** Begins a sign-in on another device (RFC 8628). */
export async function deviceAuthorization(options: DeviceOptions): Promise<DeviceAuthorization> {
  const { server, client, resource, scopes, fetch, now = Date.now, signal } = options;
  const step: Step = { doing: 'sign in by a code', issuer: server.issuer };
  const { library, config } = await configure({ server, client, fetch, kind: 'device', step, signal });
  const parameters = new URLSearchParams(resource === null ? {} : { resource });
  if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
  const begun = await protocolStep(step, () => library.initiateDeviceAuthorization(config, parameters));
  const reach = reachOf(server.issuer);
  const page = (address: string): string => checkEndpoint('verification page', address, reach).href;
  const expiresAt = now() + begun.expires_in * 1000;
  return {
    userCode: begun.user_code.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 64),
    verificationUri: page(begun.verification_uri),
    ...(begun.verification_uri_complete && {
      verificationUriComplete: page(begun.verification_uri_complete),
    }),
    expiresAt,
    wait: async (waitSignal) => await poll({ ...options, begun, expiresAt, step, waitSignal }),
  };
}

interface Polling extends DeviceOptions {
  readonly begun: DeviceAuthorizationResponse;
  readonly expiresAt: number;
  readonly step: Step;
  readonly waitSignal: AbortSignal | undefined;
}

async function poll(options: Polling): Promise<Tokens> {
  const { begun, expiresAt, step, now = Date.now, pause = pauseWith, waitSignal: signal } = options;
  let interval = (begun.interval ?? 5) * 1000;
  while (now() < expiresAt) {
    await pause(interval, signal);
    try {
      return await ask(options);
    } catch (error) {
      if (!isWorthWaiting(error)) throw explained(error, step);
      // RFC 8628: slower when told so, and when the server did not answer.
      if (error.data?.error !== 'authorization_pending') interval += SLOWER_MS;
    }
  }
  throw expired(step);
}

async function ask({ begun, step, waitSignal, ...options }: Polling): Promise<Tokens> {
  const { server, client, resource, scopes, fetch, now = Date.now } = options;
  const { library, config } = await configure({
    server,
    client,
    fetch,
    kind: 'token',
    step,
    signal: waitSignal,
  });
  const parameters = { device_code: begun.device_code, ...(resource !== null && { resource }) };
  const result = await protocolStep(step, () =>
    library.genericGrantRequest(config, DEVICE_GRANT, parameters),
  );
  return tokensOf(result, scopes, now());
}

function isWorthWaiting(error: unknown): error is McpctlError {
  if (!(error instanceof McpctlError)) return false;
  return error.code === 'OAUTH_UNAVAILABLE' || error.data?.error === 'authorization_pending';
}

function explained(error: unknown, step: Step): unknown {
  return error instanceof McpctlError && error.data?.error === 'expired_token' ? expired(step) : error;
}

function expired({ issuer }: Step): McpctlError {
  return new McpctlError('SIGN_IN_TIMEOUT', `The code of ${issuer} was not entered in time.`, {
    data: { issuer },
  });
}

async function pauseWith(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pauseFor(milliseconds, undefined, signal && { signal });
  } catch (cause) {
    throw new McpctlError('CANCELLED', 'The sign-in was cancelled.', { cause });
  }
}
