import type { SignInSettings } from '../../auth/sign-in-settings.ts';
import type { CredentialRow } from '../../auth/store/credential-row.ts';
import { type Renewed, renew } from '../../auth/tokens/renew.ts';
import { renewalPorts, type TokenMachine } from './open-server-tokens.ts';

export interface RefreshRequest {
  readonly row: CredentialRow;
  /** True: ask the server even when the tokens are good, so that a long unused sign-in stays alive. */
  readonly force: boolean;
  readonly machine: TokenMachine;
  /** How to sign in to that server; asked for only when its authorization server is needed. */
  settings(): Promise<SignInSettings>;
  /** Gets remarks for the user. */
  note(line: string): void;
}

/** Renews one sign-in outside of `run`; `isNew` says whether that was needed. Throws as `renew` does. */
export async function refreshNow({ row, force, machine, settings, note }: RefreshRequest): Promise<Renewed> {
  const { signal } = machine;
  const ports = renewalPorts({ machine, url: row.url, settings, note });
  return await renew({ row, server: row.server, known: undefined, force, signal }, ports);
}
