import type { Credential } from '../../auth/credential.ts';
import { deleteRegistration } from '../../auth/protocol/dynamic-registration.ts';
import { revoke } from '../../auth/protocol/revoke.ts';
import type { CredentialRow } from '../../auth/store/credential-row.ts';
import { type Credentials, openCredentials } from '../../auth/store/credentials.ts';
import type { Context } from '../../cli/context.ts';
import { asKnown, McpctlError } from '../../core/errors.ts';
import { authFetch } from './open-sign-in.ts';
import { chosenRows } from './rows-of.ts';

export interface LogoutFlags {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface SignedOut {
  readonly server: string;
  readonly issuer: string;
  readonly store: string;
  /** `unsupported`: the issuer ends tokens only by itself. */
  readonly revoked: 'yes' | 'no' | 'unsupported';
  readonly registrationDeleted: boolean;
  /** What could not be done at the issuer, with its reason. */
  readonly problems: readonly string[];
}

/** Signs out of a server, or of all: at the issuer where it can be reached, and on this machine in any case. */
export async function logoutFlow(
  server: string | undefined,
  flags: LogoutFlags,
  context: Context,
): Promise<readonly SignedOut[]> {
  const { prompt } = context;
  const credentials = openCredentials(context);
  const rows = await chosenRows({ server, all: flags.all }, credentials, context);
  if (flags.dryRun) return rows.map((row) => ({ ...nothingDone(row), revoked: 'no' }));
  if (flags.all && !flags.yes && rows.length > 0) {
    const names = rows.map((row) => row.server).join(', ');
    const question = { message: `Sign out of ${names}?`, flag: '--yes', initial: false };
    if (!(await prompt.confirm(question))) throw new McpctlError('CANCELLED', 'Nobody was signed out.');
  }
  const done: SignedOut[] = [];
  for (const row of rows) done.push(await signOut(row, credentials, context));
  return done;
}

/** Revokes and removes one sign-in. @throws what the store throws. */
export async function signOut(
  row: CredentialRow,
  credentials: Credentials,
  context: Context,
): Promise<SignedOut> {
  const { id, store } = row;
  return await credentials.withLock(
    id,
    async () => {
      const credential = await readable(row, credentials);
      const done = credential ? await endAtIssuer(row, credential, context) : nothingDone(row);
      await credentials.remove(row);
      return done;
    },
    { store, signal: context.signal },
  );
}

/** A record that is damaged cannot be revoked, but it can go. */
async function readable(row: CredentialRow, credentials: Credentials): Promise<Credential | undefined> {
  try {
    return await credentials.read(row);
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'CREDENTIAL_CORRUPT') return undefined;
    throw error;
  }
}

function nothingDone({ server, issuer, store }: CredentialRow): SignedOut {
  return { server, issuer, store, revoked: 'unsupported', registrationDeleted: false, problems: [] };
}

async function endAtIssuer(row: CredentialRow, credential: Credential, context: Context): Promise<SignedOut> {
  const { signal } = context;
  const fetch = authFetch(credential.url, context);
  const problems: string[] = [];
  const attempt = async (what: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await what();
    } catch (error) {
      if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
      problems.push(asKnown(error).message);
      return false;
    }
  };
  const canRevoke = credential.server.revocation_endpoint !== undefined && credential.tokens !== undefined;
  const isRevoked =
    canRevoke &&
    (await attempt(async () => {
      await revoke(credential, fetch, signal);
      return true;
    }));
  const registrationDeleted = await attempt(() => deleteRegistration(credential.client, fetch, signal));
  return {
    ...nothingDone(row),
    revoked: !canRevoke ? 'unsupported' : isRevoked ? 'yes' : 'no',
    registrationDeleted,
    problems,
  };
}
