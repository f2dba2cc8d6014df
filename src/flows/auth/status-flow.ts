import { judgeScopes } from '../../auth/protocol/scopes.ts';
import type { CredentialRow } from '../../auth/store/credential-row.ts';
import { type Credentials, openCredentials } from '../../auth/store/credentials.ts';
import type { Context } from '../../cli/context.ts';
import { asKnown } from '../../core/errors.ts';
import { isRemote } from '../../manifest/entry.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { rowsOf } from './rows-of.ts';

export interface SignInStatus {
  readonly server: string;
  readonly state: 'signed in' | 'expired' | 'needs sign-in' | 'not signed in' | 'unreadable';
  /** Why, where it is not plainly signed in. */
  readonly reason?: string;
  readonly url?: string;
  readonly issuer?: string;
  readonly account?: string;
  /** As granted, the farthest reaching first. */
  readonly scopes: ReturnType<typeof judgeScopes>;
  /** ISO 8601, all of them. */
  readonly signedInAt?: string;
  readonly refreshedAt?: string;
  readonly expiresAt?: string;
  /** True when mcpctl renews it by itself. */
  readonly renews: boolean;
  readonly store?: string;
}

/** Who is signed in where; for one server its record is read too, which shows whether it still can be. */
export async function statusFlow(
  server: string | undefined,
  context: Context,
): Promise<readonly SignInStatus[]> {
  const credentials = openCredentials(context);
  const now = context.now().getTime();
  if (server === undefined) {
    const rows = await credentials.list();
    const known = await Promise.all(rows.map((row) => statusOf(row, { credentials, now, isDeep: false })));
    return [...known, ...(await missing(rows, context))];
  }
  const rows = await rowsOf(server, credentials, context);
  if (rows.length === 0) return [notSignedIn(server)];
  return await Promise.all(rows.map((row) => statusOf(row, { credentials, now, isDeep: true })));
}

function notSignedIn(server: string): SignInStatus {
  return { server, state: 'not signed in', scopes: [], renews: false };
}

/** Servers whose entry asks for a sign-in nobody made. */
async function missing(rows: readonly CredentialRow[], { paths, cwd }: Context): Promise<SignInStatus[]> {
  const { servers } = await readManifests({ paths, cwd });
  const signedIn = new Set(rows.flatMap(({ server, profile }) => [server, profile]));
  return [...servers.values()]
    .filter(({ name, entry }) => {
      const wants = isRemote(entry) && entry.auth === 'oauth';
      return wants && !signedIn.has(name) && !signedIn.has(String(entry.profile ?? name));
    })
    .map(({ name }) => notSignedIn(name));
}

interface Look {
  readonly credentials: Credentials;
  readonly now: number;
  readonly isDeep: boolean;
}

async function statusOf(row: CredentialRow, { credentials, now, isDeep }: Look): Promise<SignInStatus> {
  const { server, url, issuer, account, scopes, store, signedInAt, refreshedAt, expiresAt } = row;
  const isOver = expiresAt !== undefined && expiresAt <= now;
  const facts = {
    server,
    url,
    issuer,
    ...(account !== undefined && { account }),
    scopes: judgeScopes(scopes),
    signedInAt: iso(signedInAt),
    ...(refreshedAt !== undefined && { refreshedAt: iso(refreshedAt) }),
    ...(expiresAt !== undefined && { expiresAt: iso(expiresAt) }),
    store,
  };
  if (row.needsSignIn !== undefined)
    return { ...facts, state: 'needs sign-in', reason: row.needsSignIn, renews: false };
  if (!isDeep && (row.hasRefreshToken || !isOver))
    return { ...facts, state: 'signed in', renews: row.hasRefreshToken };
  try {
    const credential = await credentials.read(row);
    if (!credential)
      return { ...facts, state: 'not signed in', reason: `${store} has no record of it`, renews: false };
    const renews = row.hasRefreshToken || credential.grant === 'client-credentials';
    if (isOver && !renews) return { ...facts, state: 'expired', reason: 'nothing to renew it with', renews };
    return { ...facts, state: 'signed in', renews };
  } catch (error) {
    return { ...facts, state: 'unreadable', reason: asKnown(error).message, renews: false };
  }
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
