import type { ErrorCode } from './error-codes.ts';

/**
 * What to do about each code, in general; a failure's own hint knows more. The type asks for every code. Apart from
 * the codes themselves, because only the page of errors and failures without a hint need it.
 */
export const REMEDIES: Readonly<Record<ErrorCode, string>> = {
  ADDRESS_REFUSED:
    'use a public address, or, when the server is meant to run here, name it in your own manifest.',
  ALERT_CHANNEL_UNKNOWN: 'see what the settings have: `mcpctl config show alerts`.',
  AUDIT_BROKEN: 'keep the folder as it is, and find out who changed it; the message names file and line.',
  AUDIT_EXPORT_REFUSED: 'check the URL and the receiver; with a cursor the next export sends the rows again.',
  AUDIT_HELD: 'end the hold when it is over: `mcpctl audit hold off`.',
  AUDIT_SUBJECT_UNKNOWN: 'see who there is: `mcpctl audit query --json`.',
  AUDIT_UNWRITABLE:
    'make room on the disk. To go on without a record: `mcpctl config set audit.onFailure continue`.',
  BACKUP_DAMAGED: 'choose another backup: `mcpctl config backups`.',
  BACKUP_NOT_FOUND: 'look at those there are: `mcpctl config backups`.',
  BIN_AMBIGUOUS: 'name the program as the hint says.',
  BUILD_FAILED: 'run the build in the folder by hand, and mend what it names.',
  BUNDLE_INVALID: 'download the file again, or ask its author for one made for your system.',
  CALLBACK_PORT_BUSY:
    'end the program that uses the port, or free it from another sign-in that is still waiting.',
  CALL_ARGUMENTS: 'see what the tool expects: `mcpctl tools <server>`.',
  CALL_FAILED: 'read the tool’s own answer; it says what it could not do.',
  CALL_TOOL_UNKNOWN: 'see the tools there are: `mcpctl tools <server>`.',
  CANCELLED: 'run the command again when you are ready.',
  CATALOG_UNKNOWN:
    'check the spelling against `mcpctl list --catalog`, or name the package itself: `mcpctl add npm:<package>`.',
  CLIENT_ENTRY_CONFLICT: 'rename one of the two, or adopt the entry with `mcpctl import`.',
  CLIENT_ENTRY_EDITED:
    'keep the change by putting it into the manifest, or write the entry again: `mcpctl sync`.',
  CLIENT_ENTRY_LEFTOVER: 'remove it with `mcpctl sync`.',
  CLIENT_ENTRY_MISSING: 'write it again with `mcpctl sync`.',
  CLIENT_ENTRY_STALE: 'write it again with `mcpctl sync`.',
  CLIENT_ENTRY_UNSUPPORTED: 'leave out `--direct`, so that the client starts the server through mcpctl.',
  CLIENT_ENTRY_UNSYNCED: 'write it with `mcpctl sync`.',
  CLIENT_FILE_AMBIGUOUS: 'remove the file your client does not read; the message names both.',
  CLIENT_FILE_BROKEN: 'mend the file at the place named, or restore it: `mcpctl config backups`.',
  CLIENT_FILE_SHAPE:
    'mend the file at the place named; mcpctl does not overwrite what it does not understand.',
  CLIENT_FILE_UNREADABLE: 'look at the owner and permissions of the file and of its folder.',
  CLIENT_NONE_FOUND: 'install a client, or write a file by name: `mcpctl sync --client <id>`.',
  CLIENT_RECORD_BROKEN:
    'move the named file away; `mcpctl sync` then begins a new record and asks before it changes an entry.',
  CLIENT_RUNNING: 'quit the client fully, and run the command again.',
  CLIENT_SECRET_EXPOSED:
    'leave out `--direct`: mcpctl then fills the value in when the client starts the server.',
  CLIENT_UNKNOWN: 'see which there are: `mcpctl clients`.',
  CONFIRMATION_NEEDED: 'run it in a terminal, or add the flag the hint names.',
  CREDENTIAL_CORRUPT: 'sign in again: `mcpctl auth login <server>`.',
  CREDENTIAL_FILE_UNSAFE: 'make the file yours alone: `chmod 600 <file>`.',
  CREDENTIAL_HELPER_FAILED: 'try the helper by hand: `<program> list`.',
  CREDENTIAL_LOCKED: 'give the passphrase or key file the store was made with.',
  DEPENDENCY_CONFLICT: 'name another version of the package, or report the conflict to its authors.',
  DOCUMENT_EDIT_FAILED: 'make the change by hand; the file is as it was.',
  DOCUMENT_INVALID:
    'mend the file at the line and column named: `mcpctl config validate` shows all of its problems.',
  EXAMPLES_INVALID: 'mend it at the line named; `mcpctl test-server --schema` says what it may hold.',
  FILES_EXIST: 'choose another folder, or replace them with `--force`.',
  FILE_CHANGED: 'run the command again; it reads the file anew.',
  FILE_UNREADABLE: 'look at the owner and permissions of the file.',
  FILE_UNWRITABLE: 'look at the free space, the owner and the permissions of its folder.',
  GATEWAY_TOKEN_MISSING: 'make one: `mcpctl gateway token`.',
  INSTALL_FAILED: 'read the cause with `--verbose`; `mcpctl doctor --only machine` finds the usual ones.',
  INTEGRITY_MISMATCH:
    'do not start it. Install it again with `mcpctl add`; if it happens again, tell its authors.',
  INTERNAL: 'run the command with `--verbose` and report what it prints.',
  KEYCHAIN_UNAVAILABLE:
    'unlock the keychain, or keep the secret in the project’s `.env`, the sign-in elsewhere: `--store file`.',
  LOCK_FILE_INVALID: 'restore `mcpctl-lock.json` from git or from a backup, or update mcpctl.',
  LOCK_TIMEOUT: 'wait for the other mcpctl, or stop it, and run the command again.',
  MANIFEST_INVALID: 'see every problem with its place: `mcpctl config validate`.',
  NAMESPACE_REFUSED:
    'ask whoever runs the registry for a token of that namespace: `mcpctl registry token --namespace`.',
  NETWORK_TIMEOUT: 'try again; behind a proxy, look at `mcpctl doctor --only machine`.',
  NETWORK_UNREACHABLE: 'look at the connection, the proxy and the name: `mcpctl doctor --only machine`.',
  NEW_SERVER_EXISTS: 'choose another name, or replace the files of the same names: `--force`.',
  NEW_SERVER_FAILED: 'read what the named step said, mend it in the folder, and run the step there again.',
  NOT_A_SERVER: 'name a package that has a program, or the file to start.',
  OAUTH_CLIENT_NEEDED:
    'create an app at the vendor and give its client id: `mcpctl auth login <server>` says how.',
  OAUTH_DISCOVERY_FAILED: 'check the address of the server: `mcpctl doctor <server>`.',
  OAUTH_REFUSED: 'sign in again: `mcpctl auth login <server>`.',
  OAUTH_UNAVAILABLE: 'try again later; nothing was lost.',
  OAUTH_UNTRUSTED: 'do not sign in there; report it to the vendor.',
  OPENAPI_INVALID:
    'give an OpenAPI 3.0 or 3.1 document as JSON or YAML; the message says what is wrong with this one.',
  OPENAPI_OPERATION_UNKNOWN:
    'see which there are: `mcpctl new-server <name> --openapi <document> --dry-run`.',
  OUTCOME_UNKNOWN: 'look whether the change was made before you repeat the call.',
  PACKAGE_NOT_FOUND:
    'check the spelling and the version; `mcpctl info <name>` knows what became of older names.',
  PACK_FAILED: 'read what the message says of the step; what was built before stays as it is.',
  PIPELINE_EXPRESSION: 'look what the steps before it answer: `mcpctl chain run <file> --dry-run=reads`.',
  PIPELINE_FAILED: 'mend what the message names, then go on: `mcpctl chain resume <run>`.',
  PIPELINE_INVALID: 'see every problem with its place: `mcpctl chain validate <file>`.',
  PIPELINE_IN_DOUBT:
    'look whether it was done, then `mcpctl chain resume <run>` with `--skip-step` or `--retry-step`.',
  PIPELINE_JOURNAL_BROKEN:
    'see in the audit log what the run did, `mcpctl audit query`, and begin a new one.',
  PIPELINE_JOURNAL_UNWRITABLE: 'make room on the disk, then go on: `mcpctl chain resume <run>`.',
  PIPELINE_LIMIT: 'raise `limits.steps` of the pipeline, or give the run less to do.',
  PIPELINE_OUTPUT: 'set `output: text` for the step, or leave `output` out.',
  PIPELINE_RUN_OVER: 'begin a new run: `mcpctl chain run <file>`.',
  PIPELINE_RUN_UNKNOWN: 'see those there are: `mcpctl chain list`.',
  PIPELINE_TIMEOUT: 'raise `limits.duration` of the pipeline, then `mcpctl chain resume <run>`.',
  PIPELINE_UNAPPROVED: 'look at the plan, `mcpctl chain run <file> --dry-run`, then run it with `--yes`.',
  PLATFORM_UNSUPPORTED:
    'take a hosted or container version of the server: `mcpctl info <name>` lists what there is.',
  PORT_BUSY:
    'choose another port, or 0 for any that is free: `--port <n>`; for metrics of `watch`, `--metrics-port <n>`.',
  PROCESS_NOT_RUNNING: 'start the client that uses the server, or a gateway.',
  PROFILE_UNKNOWN:
    'see what there is: `mcpctl config show`. To describe one: `gateway.profiles` in the settings.',
  RATE_LIMITED:
    'wait as long as the answer says, or raise the limit: `mcpctl config set limits.perMinute <n>`.',
  REGION_REFUSED:
    'say where the server is under policy.regions.servers in your settings, or allow its region.',
  REGISTRY_DATA_BROKEN: 'put the data folder back from a backup; the message names the place.',
  REGISTRY_INVALID: 'look at the address of the registry: `mcpctl config show`.',
  REGISTRY_REFUSED: 'sign in at the registry with its own client, e.g. `npm login`.',
  REGISTRY_UNKNOWN:
    'see which there are: `mcpctl config show registries`; another one: `mcpctl registry connect <url>`.',
  REGISTRY_UNREACHABLE: 'try again; behind a proxy, look at `mcpctl doctor --only machine`.',
  RESPONSE_TOO_LARGE: 'check that the address is the one of the server.',
  RUNTIME_UNAVAILABLE: 'install a newer Node yourself, or take an alternative: `mcpctl info <name>`.',
  SCOPE_REFUSED: 'widen `scopes` in the manifest if you want this: then `mcpctl auth login <server>`.',
  SCRIPTS_NOT_APPROVED:
    'read what the scripts do, then approve them: `mcpctl add <name> --scope project --allow-scripts`.',
  SECRET_BACKEND_FAILED: 'sign in at the backend and run the command again.',
  SECRET_BACKEND_UNKNOWN: 'use a backend mcpctl reads, for example `${keychain:…}`.',
  SECRET_CORRUPT: 'store it again: `mcpctl secret set <NAME>`.',
  SECRET_FILE_UNSAFE: 'let only yourself read the file: `chmod 600 <file>`.',
  SECRET_IN_BUNDLE: 'take the value out of the file, or leave the file out with `.mcpbignore`.',
  SECRET_IN_GIT:
    'add the file to `.gitignore`, take it out of git, and renew the secret if it was committed.',
  SECRET_MISSING: 'store it: `mcpctl secret set <NAME>`; `mcpctl info <server>` says where to get it.',
  SECRET_ON_COMMAND_LINE:
    'leave the value out; you are asked for it, or it is read from standard input. Renew what was shown.',
  SECRET_UNSUITABLE: 'choose another name, or another place for it.',
  SERVER_BUSY: 'wait for other calls to end, or raise concurrency.queue in your settings.',
  SERVER_CALL_FAILED:
    'make the call yourself and read the whole answer: `mcpctl call <server> <tool>`; a key that expired or lacks a right is the usual reason.',
  SERVER_CRASH_LOOP: 'find out why: `mcpctl doctor <server>`.',
  SERVER_ERROR: 'read the server’s own message; `mcpctl tools <server>` shows what it expects.',
  SERVER_EXISTS: 'choose another name, or remove the old one first: `mcpctl remove <name>`.',
  SERVER_EXITED:
    'see its last words with `--verbose`; a missing key or a wrong argument is the usual reason: `mcpctl doctor <server>`.',
  SERVER_JUNK: 'tell its authors: a server may write protocol messages to standard output and nothing else.',
  SERVER_JSON_INVALID: 'mend the members the message names.',
  SERVER_NAME_INVALID: 'use up to 30 lower-case letters, digits and hyphens.',
  SERVER_NOT_INSTALLED: 'install what the lock names: `mcpctl sync`.',
  SERVER_NOT_STARTED:
    'look at the command in the manifest: `mcpctl info <server>`, `mcpctl doctor <server>`.',
  SERVER_NO_TOOLS: 'look at its settings; a key with too few rights can hide all tools.',
  SERVER_PROTOCOL: 'update the server, or report it to its authors.',
  SERVER_RESTING: 'wait as long as the answer says; `mcpctl doctor <server>` tells what is wrong.',
  SERVER_SLOW:
    'see what the machine or the network is busy with; `mcpctl doctor <server>` measures the start.',
  SERVER_TESTS_FAILED: 'see which and why: `mcpctl test-server <folder>`.',
  SERVER_TIMEOUT: 'try again; `mcpctl doctor <server>` tells a slow start from a hanging one.',
  SERVER_UNKNOWN: 'see those there are: `mcpctl list`. To add it: `mcpctl add <name>`.',
  SERVER_UNREACHABLE:
    'check the address with `mcpctl info <server>` and the network with `mcpctl doctor <server>`.',
  SETTINGS_INVALID: 'mend the settings file at the place named; `mcpctl config show` prints what counts.',
  SETTING_UNKNOWN: 'see the settings there are: `mcpctl config show`.',
  SIGN_IN_NEEDED: 'sign in: `mcpctl auth login <server>`, or store an API key where the server takes one.',
  SIGN_IN_TIMEOUT: 'sign in again: `mcpctl auth login <server>`; without a browser here: `--no-browser`.',
  SPEC_INVALID: 'name a catalog server, `npm:package`, `pypi:package`, `oci:image`, a folder, or an address.',
  STORE_UNREACHABLE: 'start Redis, or go without: `mcpctl config set store.kind memory`.',
  SYNC_INCOMPLETE: 'read the report; each file left alone has its own reason there.',
  TLS_UNTRUSTED: 'behind a company proxy, point `NODE_EXTRA_CA_CERTS` at its certificate.',
  TOOL_DENIED:
    'change policy in your settings if the call should be allowed: `mcpctl config show`; a tool that changed: `mcpctl approve <server>`.',
  TOOL_FAILED: 'read what the program said with `--verbose`.',
  TOOL_MISSING: 'install it as the hint says.',
  TOOL_TIMEOUT: 'try again; a slow network or disk is the usual reason.',
  URL_REFUSED: 'use `https://`, and keep keys in headers, not in the address.',
  USAGE: 'see `mcpctl <command> --help`.',
  VALUE_MISSING: 'give the value the message names, e.g. `--set <name>=<value>`.',
  VERSION_PUBLISHED: 'raise the version in server.json, and pack the bundle again.',
};
