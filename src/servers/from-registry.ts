import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { LISTING_META, OFFICIAL_META, REGISTRY_NAME } from '../core/registry-names.ts';
import type { Fetch } from '../platform/fetch.ts';
import { argumentsOf, type RegistryInput, textAndBlanks, variablesFrom } from './registry-inputs.ts';
import { bareSpec, type Spec, type Wanted } from './spec.ts';

export interface RegistryOptions {
  /** Base address without a final slash, e.g. `https://registry.modelcontextprotocol.io`. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly signal?: AbortSignal;
  /** Sent as a bearer token. */
  readonly token?: string;
  /** True where also a server that was taken out is to be told, not passed over. */
  readonly withDeleted?: boolean;
  /** What to call the server. */
  nameFor(registryName: string): string;
}

/** One package of a registry entry (server.json of 2025-07-09 and later). */
interface RegistryPackage {
  readonly registryType: string;
  readonly identifier: string;
  /** Whether the registry itself has the file. */
  readonly isHosted: boolean;
  readonly version?: string;
  readonly fileSha256?: string;
  readonly runtimeArguments: readonly RegistryInput[];
  readonly packageArguments: readonly RegistryInput[];
  readonly environmentVariables: readonly RegistryInput[];
}

/**
 * The spec of a server of an MCP registry (API v0.1), its latest version: the package to run here where there is one
 * we can install, else the hosted address. Undefined when the registry has no server of that name.
 * @throws PACKAGE_NOT_FOUND for one that was taken out, REGISTRY_UNREACHABLE, REGISTRY_INVALID, NOT_A_SERVER.
 */
export async function specFromRegistry(
  registryName: string,
  options: RegistryOptions,
): Promise<Spec | undefined> {
  const found = await readServer(registryName, options);
  if (!found) return undefined;
  const { server, meta } = found;
  const status = statusOf(meta);
  if (status.state === 'deleted') {
    throw new McpctlError(
      'PACKAGE_NOT_FOUND',
      `${registryName} was taken out of the registry. ${status.message}`.trim(),
      {
        hint: status.replacement === '' ? 'mcpctl list --catalog' : `mcpctl add ${status.replacement}`,
      },
    );
  }
  const base = {
    ...bareSpec(options.nameFor(registryName), { type: 'command', command: '', args: [] }),
    catalog: registryName,
  };
  const instead = status.replacement === '' ? '' : ` Use instead: mcpctl add ${status.replacement}`;
  const notes = [
    ...(typeof server.title === 'string' ? [server.title] : []),
    ...(status.state === 'deprecated'
      ? [`Deprecated by its authors. ${status.message}`.trim() + instead]
      : []),
  ];
  const packages = packagesOf(server.packages, options.baseUrl);
  const spec = fromPackages(base, packages) ?? fromRemotes(base, server.remotes);
  if (spec)
    return { ...spec, notes: [...notes, ...spec.notes], registryVersion: String(server.version ?? '') };
  throw new McpctlError('NOT_A_SERVER', `${registryName} offers no package and no address mcpctl can use.`, {
    hint: 'It may be a NuGet or Cargo package: run it yourself with mcpctl add <name> -- <command>',
  });
}

async function readServer(
  name: string,
  { baseUrl, fetch, signal, token, withDeleted = false }: RegistryOptions,
): Promise<{ server: Record<string, unknown>; meta: unknown } | undefined> {
  const query = withDeleted ? '?include_deleted=true' : '';
  const url = `${baseUrl}/v0.1/servers/${encodeURIComponent(name)}/versions/latest${query}`;
  const response = await fetch(url, {
    headers: {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(signal && { signal }),
  });
  if (response.status === 404) return undefined;
  if (!response.ok) {
    throw new McpctlError('REGISTRY_UNREACHABLE', `The registry ${baseUrl} answered ${response.status}.`, {
      hint: 'Try again in a few minutes.',
    });
  }
  const answer: unknown = parse(await response.text());
  const server = isRecord(answer) ? answer.server : undefined;
  const isIt =
    isRecord(server) && typeof server.name === 'string' && server.name.toLowerCase() === name.toLowerCase();
  if (!isRecord(answer) || !isIt) {
    throw new McpctlError(
      'REGISTRY_INVALID',
      `The registry ${baseUrl} gave no server description for ${name}.`,
      {
        hint: 'See whether the address is that of an MCP registry: mcpctl config show',
      },
    );
  }
  return { server, meta: answer._meta };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function statusOf(meta: unknown): { state: string; message: string; replacement: string } {
  const part = (key: string): Record<string, unknown> => {
    const found = isRecord(meta) ? meta[key] : undefined;
    return isRecord(found) ? found : {};
  };
  const { status = 'active', statusMessage = '' } = part(OFFICIAL_META);
  const { replacement = '' } = part(LISTING_META);
  return {
    state: String(status),
    message: String(statusMessage),
    replacement: REGISTRY_NAME.test(String(replacement)) ? String(replacement) : '',
  };
}

/** Files the registry hosts itself come first: nobody else can publish another one under their name. */
function packagesOf(value: unknown, baseUrl: string): RegistryPackage[] {
  const list = Array.isArray(value) ? value.filter(isRecord) : [];
  return list.map((item) => ({
    // Files from before 2025-09-16 use snake_case.
    registryType: String(item.registryType ?? item.registry_type ?? item.registry_name ?? ''),
    identifier: String(item.identifier ?? item.name ?? ''),
    isHosted: String(item.identifier ?? '').startsWith(`${baseUrl}/artifacts/`),
    ...(typeof item.version === 'string' && { version: item.version }),
    ...(typeof (item.fileSha256 ?? item.file_sha256) === 'string' && {
      fileSha256: String(item.fileSha256 ?? item.file_sha256),
    }),
    runtimeArguments: inputsOf(item.runtimeArguments ?? item.runtime_arguments),
    packageArguments: inputsOf(item.packageArguments ?? item.package_arguments),
    environmentVariables: inputsOf(item.environmentVariables ?? item.environment_variables),
  }));
}

function inputsOf(value: unknown): RegistryInput[] {
  return Array.isArray(value) ? (value.filter(isRecord) as RegistryInput[]) : [];
}

/** In the order of how exactly a source can be pinned. */
const ORDER = ['npm', 'mcpb', 'pypi', 'oci'];

function fromPackages(base: Spec, packages: readonly RegistryPackage[]): Spec | undefined {
  const [chosen] = packages
    .filter(({ registryType }) => ORDER.includes(registryType))
    .sort(
      (a, b) =>
        Number(b.isHosted) - Number(a.isHosted) ||
        ORDER.indexOf(a.registryType) - ORDER.indexOf(b.registryType),
    );
  if (!chosen) return undefined;
  const { env, variables, blanks } = variablesFrom(chosen.environmentVariables);
  const own = argumentsOf(chosen.packageArguments);
  const runtime =
    chosen.registryType === 'oci' ? argumentsOf(chosen.runtimeArguments) : { args: [], blanks: {} };
  return {
    ...base,
    wanted: wantedOf(chosen, runtime.args),
    args: own.args,
    env,
    variables,
    blanks: { ...blanks, ...own.blanks, ...runtime.blanks },
  };
}

function wantedOf(
  { registryType, identifier, version, fileSha256 }: RegistryPackage,
  options: readonly string[],
): Wanted {
  const exact = version === undefined || version === 'latest' ? {} : { version };
  switch (registryType) {
    case 'npm':
      return { type: 'npm', package: identifier, ...exact };
    case 'pypi':
      return { type: 'pypi', package: identifier, ...exact };
    case 'mcpb':
      return { type: 'mcpb', origin: identifier, ...(fileSha256 && { sha256: fileSha256 }) };
    default: {
      const [, image = identifier, tag, digest] =
        /^(.+?)(?::([^/@:]+))?(?:@(sha256:[a-f0-9]{64}))?$/.exec(identifier) ?? [];
      const label = tag ?? version;
      return {
        type: 'oci',
        image,
        ...(label !== undefined && { tag: label }),
        ...(digest !== undefined && { digest }),
        options: options.filter((word) => !['run', '-i', '--rm', '--interactive'].includes(word)),
      };
    }
  }
}

function fromRemotes(base: Spec, value: unknown): Spec | undefined {
  const remotes = Array.isArray(value) ? value.filter(isRecord) : [];
  const type = (remote: Record<string, unknown>): unknown => remote.type ?? remote.transport_type;
  const chosen =
    remotes.find((remote) => type(remote) === 'streamable-http') ??
    remotes.find((remote) => type(remote) === 'sse');
  if (!chosen || typeof chosen.url !== 'string') return undefined;
  const { env: headers, variables, blanks } = variablesFrom(inputsOf(chosen.headers));
  const inputs = isRecord(chosen.variables) ? (chosen.variables as Record<string, RegistryInput>) : {};
  const address = textAndBlanks({ value: chosen.url, variables: inputs });
  return {
    ...base,
    wanted: { type: 'remote', url: address.text, transport: type(chosen) === 'sse' ? 'sse' : 'http' },
    headers,
    variables,
    blanks: { ...blanks, ...address.blanks },
    // A server without keys of its own may still ask for a sign-in; starting it tells.
    ...(variables.length > 0 && { auth: 'api-key' as const }),
  };
}
