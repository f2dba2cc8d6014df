import { McpctlError } from '../../core/errors.ts';
import type { Credential } from '../credential.ts';
import type { SignInRequest } from './request.ts';

export interface EarlierSignIn {
  readonly id: string;
  readonly store: string;
  readonly issuer: string;
  /** Absent when it cannot be read. */
  readonly credential?: Credential;
}

/**
 * The sign-in there is for the same address and profile. One that is damaged, or kept where it cannot be read while a
 * new place was asked for, stops nobody: it is about to be replaced.
 */
export async function earlierSignIn({
  settings: { url, profile },
  credentials,
  store,
  ports,
  signal,
}: SignInRequest): Promise<EarlierSignIn | undefined> {
  const row = await credentials.find({ url, profile });
  if (!row) return undefined;
  const { id, issuer } = row;
  const known = { id, issuer, store: row.store };
  try {
    const credential = await credentials.read(row, signal);
    return { ...known, ...(credential && { credential }) };
  } catch (error) {
    const isReplaceable =
      error instanceof McpctlError &&
      (error.code === 'CREDENTIAL_CORRUPT' || (store !== undefined && store !== row.store));
    if (!isReplaceable) throw error;
    ports.say({ kind: 'replaced', reason: error.message });
    return known;
  }
}
