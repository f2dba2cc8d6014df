import { setTimeout as pause } from 'node:timers/promises';
import { asKnown, McpctlError } from '../../core/errors.ts';
import type { CriticalSection } from '../../platform/critical-section.ts';
import type { Credential, OAuthClient } from '../credential.ts';
import type { CredentialRow } from '../store/credential-row.ts';
import type { Credentials } from '../store/credentials.ts';
import { isDue } from './freshness.ts';
import type { Grants } from './grants.ts';
import { reasonFor, reasonForPurge, signInNeeded } from './refusals.ts';

export interface RenewalPorts {
  readonly credentials: Credentials;
  readonly grants: Grants;
  readonly critical: CriticalSection;
  readonly now: () => Date;
  /** Gets remarks for the user. */
  note(line: string): void;
}

export interface Renewal {
  readonly row: Pick<CredentialRow, 'id' | 'store'>;
  /** Name in the manifest, for messages. */
  readonly server: string;
  /** The access token that will not do, because the server refused it or because it is about to expire. */
  readonly known: string | undefined;
  /** Ask the server even when the stored tokens look good. */
  readonly force?: boolean;
  /** A credential that could not be saved when it was renewed; its generation is that of the record it replaces. */
  readonly unsaved?: Credential | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Renewed {
  readonly credential: Credential;
  /** False when somebody else had renewed it. */
  readonly isNew: boolean;
  /** False: the store did not take it, so it must not be lost from memory. */
  readonly isSaved: boolean;
}

/** Longer than the network may take for the process before us. */
const LOCK_MS = 45_000;
const SAVE_ATTEMPTS = 5;
const SAVE_PAUSE_MS = 100;

/**
 * Renews a sign-in, or takes over what another process has renewed: reading again, deciding, asking the server and
 * saving happen under one lock of this machine. The record is never deleted, and marked as worthless only when the
 * server says so for good about what is stored at that moment.
 * @throws SIGN_IN_NEEDED when only a person can help; OAUTH_UNAVAILABLE and what the store throws, else.
 */
export async function renew(renewal: Renewal, ports: RenewalPorts): Promise<Renewed> {
  const { row, signal } = renewal;
  const { id, store } = row;
  const body = async (): Promise<Renewed> => {
    const stored = await latest(renewal, ports);
    const { credential } = stored;
    if (!renewal.force && isNewer(credential, renewal, ports)) return stored;
    if (signal?.aborted) throw new McpctlError('CANCELLED', 'Cancelled before the sign-in was renewed.');
    return await ports.critical.run(() => renewLocked(credential, renewal, ports));
  };
  return await ports.credentials.withLock(id, body, { store, timeoutMs: LOCK_MS, ...(signal && { signal }) });
}

/** What is stored; or what should be, and is stored now if that goes better than the last time. */
async function latest({ row, server, unsaved }: Renewal, { credentials }: RenewalPorts): Promise<Renewed> {
  const stored = await credentials.read(row);
  if (!stored) throw signInNeeded(server, `Nobody is signed in to ${server} any more.`);
  if (stored.generation !== unsaved?.generation) return { credential: stored, isNew: false, isSaved: true };
  try {
    return { credential: await credentials.save(unsaved), isNew: false, isSaved: true };
  } catch {
    return { credential: unsaved, isNew: false, isSaved: false };
  }
}

function isNewer({ tokens, needsSignIn }: Credential, { known }: Renewal, { now }: RenewalPorts): boolean {
  if (!tokens || needsSignIn || tokens.access === known) return false;
  return !isDue(tokens, now().getTime());
}

async function renewLocked(stored: Credential, renewal: Renewal, ports: RenewalPorts): Promise<Renewed> {
  const { server, force } = renewal;
  const { grants, now, credentials } = ports;
  const { tokens, needsSignIn } = stored;
  if (stored.grant === 'client-credentials') {
    return await keep({ ...stored, tokens: await grants.clientCredentials(stored) }, ports);
  }
  if (needsSignIn && !force)
    throw signInNeeded(server, `${server} wants a new sign-in. ${needsSignIn.reason}`);
  if (!tokens?.refresh) {
    const reason = `The sign-in has expired, and ${stored.issuer} gave nothing to renew it with.`;
    return await giveUp(stored, reason, renewal, ports);
  }
  const marked = await credentials.save({ ...stored, refreshing: { startedAt: now().getTime() } });
  try {
    return await keep({ ...marked, ...(await grants.refresh(marked)) }, ports);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (isClientRefused(error)) return await withNewClient(marked, renewal, ports);
    return await giveUp(marked, reasonFor(stored, error, stored.refreshing !== undefined), renewal, ports);
  }
}

function isRefusal(error: unknown): error is McpctlError {
  return error instanceof McpctlError && error.code === 'OAUTH_REFUSED';
}

function isClientRefused({ data }: McpctlError): boolean {
  return data?.error === 'invalid_client' || data?.error === 'unauthorized_client';
}

/** Saves what was renewed. The server has forgotten the old token, so this does not give up easily. */
async function keep(renewed: Credential, { credentials, now, note }: RenewalPorts): Promise<Renewed> {
  const { refreshing: _, needsSignIn: __, ...rest } = renewed;
  const credential: Credential = { ...rest, refreshedAt: now().getTime() };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { credential: await credentials.save(credential), isNew: true, isSaved: true };
    } catch (error) {
      if (attempt === SAVE_ATTEMPTS) {
        const { code, message } = asKnown(error);
        note(`The renewed sign-in to ${credential.profile} could not be saved (${code}): ${message}`);
        note('It works until this process ends; mcpctl keeps trying to save it.');
        return { credential, isNew: true, isSaved: false };
      }
      await pause(SAVE_PAUSE_MS * 2 ** attempt);
    }
  }
}

/** Marks the record for `auth status`, unless somebody signed in or renewed it without asking for the lock. */
async function giveUp(
  refused: Credential,
  reason: string,
  { row, server }: Renewal,
  { credentials, now }: RenewalPorts,
): Promise<Renewed> {
  const stored = await credentials.read(row);
  if (stored && stored.tokens?.access !== refused.tokens?.access) {
    return { credential: stored, isNew: false, isSaved: true };
  }
  const { refreshing: _, ...record } = refused;
  if (stored) await credentials.save({ ...record, needsSignIn: { reason, at: now().getTime() } });
  throw signInNeeded(server, `${server} wants a new sign-in. ${reason}`);
}

/**
 * The server purged the client. Another one is registered once, which the next sign-in uses; some servers let it go
 * on with the tokens as well.
 */
async function withNewClient(marked: Credential, renewal: Renewal, ports: RenewalPorts): Promise<Renewed> {
  const { grants, credentials } = ports;
  const reason = reasonForPurge(marked);
  if (marked.client.kind !== 'registered') return await giveUp(marked, reason, renewal, ports);
  let client: OAuthClient;
  try {
    client = await grants.register(marked);
  } catch {
    // A client that fits no redirect is not used again.
    return await giveUp(
      { ...marked, client: { ...marked.client, redirectUris: [] } },
      reason,
      renewal,
      ports,
    );
  }
  const renamed = { ...marked, client };
  try {
    return await keep({ ...renamed, ...(await grants.refresh(renamed)) }, ports);
  } catch (error) {
    if (isRefusal(error)) return await giveUp(renamed, reason, renewal, ports);
    await credentials.save(renamed);
    throw error;
  }
}
