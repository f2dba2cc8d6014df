import type { Credential } from '../../../src/auth/credential.ts';
import { credentialId } from '../../../src/auth/store/credential-row.ts';
import { type Credentials, createCredentials } from '../../../src/auth/store/credentials.ts';
import { createMemoryStore } from '../../../src/auth/store/memory-store.ts';
import type { CredentialStore } from '../../../src/auth/store/store.ts';
import type { RenewalPorts } from '../../../src/auth/tokens/renew.ts';
import { createCriticalSection } from '../../../src/platform/critical-section.ts';
import { createPaths } from '../../../src/platform/paths.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { type IssuerDouble, issuerDouble, signedIn } from './issuer-double.ts';

export interface World extends RenewalPorts {
  readonly issuer: IssuerDouble;
  readonly credentials: Credentials;
  readonly row: { readonly id: string; readonly store: string };
  readonly notes: string[];
  /** Makes the next so many writes fail. */
  failWrites(count: number): void;
  stored(): Promise<Credential | undefined>;
  /** Moves the clock. */
  pass(milliseconds: number): void;
}

/** A sign-in in a store whose index and locks are real files; the store itself is in memory. */
export async function world(changes: Partial<Credential> = {}): Promise<World> {
  const home = await temporaryFolder();
  let time = Date.UTC(2026, 0, 1);
  const now = (): Date => new Date(time);
  let failing = 0;
  const memory = createMemoryStore();
  const store: CredentialStore = {
    ...memory,
    name: 'file',
    async write(id, value) {
      failing -= 1;
      if (failing >= 0) throw new Error('The store takes nothing.');
      await memory.write(id, value);
    },
  };
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const credentials = createCredentials({
    paths,
    openStore: async () => store,
    defaultStore: async () => 'file',
  });
  const issuer = issuerDouble(now);
  const saved = await credentials.save(signedIn(time, changes));
  const row = { id: credentialId(saved), store: 'file' };
  const notes: string[] = [];
  return {
    issuer,
    grants: issuer,
    credentials,
    critical: createCriticalSection(),
    now,
    note: (line) => void notes.push(line),
    notes,
    row,
    failWrites: (count) => {
      failing = count;
    },
    stored: () => credentials.read(row),
    pass: (milliseconds) => {
      time += milliseconds;
    },
  };
}
