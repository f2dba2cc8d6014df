import type { Env } from './env.ts';

/** What a program needs to find its way on a machine, and nothing that names a secret by custom. */
const PASSED = new Set(
  (
    'PATH HOME USER LOGNAME SHELL TERM LANG LANGUAGE TZ TMPDIR TEMP TMP DISPLAY WAYLAND_DISPLAY XAUTHORITY ' +
    'DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_CERT_PATH ' +
    'HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy ' +
    'NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE JAVA_HOME ' +
    'NVM_DIR VOLTA_HOME FNM_DIR PNPM_HOME UV_CACHE_DIR'
  ).split(' '),
);

const PASSED_ON_WINDOWS = new Set(
  (
    'PATH PATHEXT APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) COMMONPROGRAMFILES COMSPEC ' +
    'SYSTEMROOT SYSTEMDRIVE WINDIR HOMEDRIVE HOMEPATH USERPROFILE USERNAME USERDOMAIN TEMP TMP OS ' +
    'NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE'
  ).split(' '),
);

export interface ChildEnvironmentOptions {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  /** The server's own variables, resolved; they win. */
  readonly own: Readonly<Record<string, string>>;
}

/**
 * The whole environment of a server: a fixed list of variables every program needs, `LC_*` and `XDG_*`, and what
 * its manifest entry names. Tokens that happen to be in our environment stay here unless the entry asks for them,
 * e.g. `"AWS_PROFILE": "${AWS_PROFILE}"`.
 */
export function childEnvironment({ env, platform, own }: ChildEnvironmentOptions): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !isPassed(name, platform)) continue;
    // A value that is a shell function would be run by bash.
    if (!value.startsWith('()')) result[name] = value;
  }
  for (const [name, value] of Object.entries(own)) {
    if (platform === 'win32') dropOtherSpelling(result, name);
    result[name] = value;
  }
  return result;
}

function isPassed(name: string, platform: NodeJS.Platform): boolean {
  if (PASSED.has(name) || name.startsWith('LC_') || name.startsWith('XDG_')) return true;
  return platform === 'win32' && PASSED_ON_WINDOWS.has(name.toUpperCase());
}

/** Windows knows `Path` and `PATH` as one variable. */
function dropOtherSpelling(result: Record<string, string>, name: string): void {
  for (const key of Object.keys(result)) {
    if (key !== name && key.toUpperCase() === name.toUpperCase()) delete result[key];
  }
}
