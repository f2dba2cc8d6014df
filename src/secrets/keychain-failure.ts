import { McpctlError } from '../core/errors.ts';

/** Why the keychain cannot be used. */
export type KeychainReason =
  | 'no-session'
  | 'never-unlocked'
  | 'locked'
  | 'no-answer'
  | 'no-module'
  | 'forgets'
  | 'refused';

export interface KeychainFailure {
  readonly reason: KeychainReason;
  readonly platform: NodeJS.Platform;
  /** Milliseconds waited, for `no-answer`. */
  readonly deadlineMs?: number;
  /** What the native library said. */
  readonly detail?: string;
  /** Other places, as lines of the hint. */
  readonly elsewhere: readonly string[];
}

/** The error for a keychain that cannot be used, with every way out in its hint. */
export function keychainUnavailable(failure: KeychainFailure): McpctlError {
  const { reason, detail, elsewhere } = failure;
  return new McpctlError('KEYCHAIN_UNAVAILABLE', messageFor(failure), {
    hint: [...mendingFor(failure), ...elsewhere].join('\n'),
    ...(detail !== undefined && { cause: new Error(detail) }),
    data: { reason },
  });
}

/**
 * Tells the failures of @napi-rs/keyring 2.1.2 apart. All of them carry the code `GenericFailure`; the text of its
 * Rust and D-Bus libraries is the only difference there is.
 */
export function reasonFor(detail: string): KeychainReason {
  if (/did not receive a reply|timed? ?out|NoReply/i.test(detail)) return 'no-answer';
  if (/no result found/i.test(detail)) return 'never-unlocked';
  if (/prompt was dismissed|is ?locked|interaction is not allowed|user canceled/i.test(detail))
    return 'locked';
  if (/DBus error|DBUS_SESSION_BUS_ADDRESS|ServiceUnknown|not provided by any/i.test(detail))
    return 'no-session';
  return 'refused';
}

function messageFor({ reason, platform, deadlineMs = 0, detail }: KeychainFailure): string {
  switch (reason) {
    case 'no-session':
      return 'No keychain service can be reached: there is no D-Bus session with a Secret Service.';
    case 'never-unlocked':
      return 'The keychain service runs but has no keyring: it was never unlocked in this session.';
    case 'locked':
      return 'The keychain is locked, and nobody answered its unlock prompt.';
    case 'no-answer':
      return deadlineMs > 0
        ? `The keychain did not answer within ${deadlineMs / 1000} s.`
        : 'The keychain service runs but does not answer.';
    case 'no-module':
      return `The keychain module @napi-rs/keyring does not load on this ${platform} machine.`;
    case 'forgets':
      return 'The keychain accepted a test value and then did not return it.';
    case 'refused':
      return `The keychain refused: ${detail ?? 'no reason given'}.`;
  }
}

function mendingFor({ reason, platform }: KeychainFailure): string[] {
  if (reason === 'no-module')
    return ['Reinstall mcpctl with optional dependencies: npm install --include=optional'];
  if (platform === 'darwin')
    return ['Unlock it: security unlock-keychain ~/Library/Keychains/login.keychain-db'];
  if (platform !== 'linux') return ['Sign in to the desktop and try again.'];
  if (reason === 'no-session') {
    return [
      'Use a desktop session, or start one: dbus-run-session -- bash, then: gnome-keyring-daemon --unlock',
    ];
  }
  if (reason === 'no-answer')
    return ['Restart the keychain service: systemctl --user restart gnome-keyring-daemon'];
  return ['Unlock it in the desktop, or: gnome-keyring-daemon --unlock --components=secrets'];
}
