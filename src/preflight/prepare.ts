import { dirname } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { isRemote } from '../manifest/entry.ts';
import type { ServerTarget } from '../mcp/transport.ts';
import { createResolver, type Resolver } from '../secrets/resolve.ts';
import type { Machine } from './machine.ts';
import type { ConfiguredServer } from './situation.ts';

/** A server made ready to start. */
export interface Prepared {
  /** Undefined when something is in the way; then `failures` says what. */
  readonly target: ServerTarget | undefined;
  /** Why references could not be resolved, or the locked code may not start. */
  readonly failures: readonly McpctlError[];
  /** Resolved secret values, never to be printed. */
  readonly secrets: readonly string[];
  readonly firstCall?: { readonly tool: string; readonly arguments: JsonObject };
  redact(text: string): string;
}

/** Resolves every reference of the entry by itself, so that all missing values are reported at once. */
export async function prepareServer(
  server: ConfiguredServer,
  machine: Machine,
  signal: AbortSignal,
): Promise<Prepared> {
  const { entry, manifest, scope, name } = server;
  const resolver = createResolver({
    env: machine.env,
    platform: machine.platform,
    home: machine.paths.home,
    ...(scope === 'project' && { projectFolder: dirname(dirname(manifest)) }),
    server: name,
  });
  const each = collector(resolver, signal);
  let target: ServerTarget;
  if (isRemote(entry)) {
    const { url = '' } = await each({ url: entry.url });
    const headers = await each(entry.headers ?? {});
    target = { kind: 'remote', url, headers, ...(entry.type === 'sse' && { transport: 'sse' as const }) };
  } else {
    const args = Object.values(
      await each(Object.fromEntries((entry.args ?? []).map((text, index) => [`a${index}`, text]))),
    );
    const env = await each(entry.env ?? {});
    const { cwd } = entry;
    target = {
      kind: 'stdio',
      command: entry.command,
      args,
      env: { ...baseEnvironment(machine), ...env },
      ...(cwd !== undefined && { cwd }),
    };
  }
  const { failures, secrets } = each;
  return {
    target: failures.length > 0 ? undefined : target,
    failures,
    secrets,
    redact: (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text),
  };
}

interface Collector {
  (values: Readonly<Record<string, string>>): Promise<Record<string, string>>;
  readonly failures: McpctlError[];
  readonly secrets: string[];
}

function collector(resolver: Resolver, signal: AbortSignal): Collector {
  const failures: McpctlError[] = [];
  const secrets: string[] = [];
  const resolve = async (values: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
    const done: Record<string, string> = {};
    for (const [key, value] of Object.entries(values)) {
      try {
        const resolved = await resolver.resolve({ [key]: value }, signal);
        secrets.push(...resolved.secrets);
        done[key] = resolved.values[key] ?? '';
      } catch (error) {
        if (!(error instanceof McpctlError)) throw error;
        failures.push(error);
      }
    }
    return done;
  };
  return Object.assign(resolve, { failures, secrets });
}

/** What a server inherits: enough to find programs and folders, no secret of another server. */
function baseEnvironment({ env, platform }: Machine): Record<string, string> {
  const names = platform === 'win32' ? WINDOWS_NAMES : POSIX_NAMES;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && names.has(platform === 'win32' ? name.toUpperCase() : name)
        ? [[name, value]]
        : [],
    ),
  );
}

const NETWORK_NAMES =
  'HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR npm_config_registry';
const POSIX_NAMES = new Set(
  `HOME LOGNAME PATH SHELL TERM USER LANG LC_ALL TZ TMPDIR XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR ${NETWORK_NAMES}`.split(
    ' ',
  ),
);
const WINDOWS_NAMES = new Set(
  `APPDATA HOMEDRIVE HOMEPATH LOCALAPPDATA PATH PATHEXT COMSPEC PROCESSOR_ARCHITECTURE SYSTEMDRIVE SYSTEMROOT TEMP TMP USERNAME USERPROFILE PROGRAMFILES ${NETWORK_NAMES.toUpperCase()}`.split(
    ' ',
  ),
);
