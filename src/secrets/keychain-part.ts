/** A part of the system keychain with a service name of its own: no part reads, lists or deletes another's items. */
export interface KeychainPart {
  /** Service the items stand under, visible to every program of the session. */
  readonly service: string;
  /** Names its journal in the state folder and its lock. */
  readonly name: string;
  /** Where a value may go instead, for the hint of KEYCHAIN_UNAVAILABLE. */
  readonly elsewhere: readonly string[];
}

/** What `${NAME}` and `${keychain:NAME}` read. */
export const SECRETS: KeychainPart = {
  service: 'mcpctl',
  name: 'keychain',
  elsewhere: [
    'Or keep the value elsewhere, on your decision:',
    '  mcpctl secret set NAME --store env     .env of this project, readable by you alone',
    '  export NAME=...                        the environment of what starts mcpctl',
    '  ${file:/path/to/file} in the manifest  a file with mode 600',
  ],
};
