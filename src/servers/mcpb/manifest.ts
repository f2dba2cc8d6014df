import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';

export type UserConfigValue = string | number | boolean | readonly (string | number)[];

/** A setting the user gives when the bundle is added. */
export interface UserConfig {
  readonly type: 'string' | 'number' | 'boolean' | 'directory' | 'file';
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
  readonly multiple: boolean;
  readonly sensitive: boolean;
  readonly default?: UserConfigValue;
}

export interface BundleCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The parts of an .mcpb manifest (0.1 to 0.4) that matter for running it. */
export interface BundleManifest {
  readonly name: string;
  readonly version: string;
  readonly displayName: string;
  readonly type: 'node' | 'python' | 'binary' | 'uv';
  readonly entryPoint: string;
  /** With the platform's own changes applied. */
  readonly run: BundleCommand;
  readonly userConfig: Readonly<Record<string, UserConfig>>;
}

const VERSIONS = new Set(['0.1', '0.2', '0.3', '0.4']);
const TYPES = new Set(['node', 'python', 'binary', 'uv']);

/**
 * Reads `manifest.json` of a bundle for one platform.
 * @throws BUNDLE_INVALID naming the field; PLATFORM_UNSUPPORTED.
 */
export function parseBundleManifest(text: string, origin: string, platform: NodeJS.Platform): BundleManifest {
  const refuse = (why: string): never => {
    throw new McpctlError('BUNDLE_INVALID', `The bundle ${origin} cannot be used: ${why}.`, {
      hint: 'Get it again from its publisher.',
    });
  };
  const file = parse(text) ?? refuse('its manifest.json is no JSON object');
  // Bundles were called DXT up to 0.1.
  const format = String(file.manifest_version ?? file.dxt_version ?? '');
  if (!VERSIONS.has(format)) refuse(`its manifest version is ${JSON.stringify(format)}, not 0.1 to 0.4`);
  const string = (value: unknown, field: string): string =>
    typeof value === 'string' && value !== '' ? value : refuse(`its manifest has no "${field}"`);
  const server = isRecord(file.server) ? file.server : refuse('its manifest has no "server"');
  const type = string(server.type, 'server.type');
  if (!TYPES.has(type)) refuse(`its server is of the unknown type ${JSON.stringify(type)}`);
  refuseOtherPlatform(file, origin, platform);
  const config = isRecord(server.mcp_config)
    ? server.mcp_config
    : refuse('its manifest has no "server.mcp_config"');
  const overrides = isRecord(config.platform_overrides) ? config.platform_overrides[platform] : undefined;
  const merged = { ...config, ...(isRecord(overrides) ? overrides : {}) };
  return {
    name: string(file.name, 'name'),
    version: string(file.version, 'version'),
    displayName: typeof file.display_name === 'string' ? file.display_name : string(file.name, 'name'),
    type: type as BundleManifest['type'],
    entryPoint: string(server.entry_point, 'server.entry_point'),
    run: {
      command: string(merged.command, 'server.mcp_config.command'),
      args: stringsOf(merged.args),
      env: {
        ...textsOf(config.env),
        ...textsOf(isRecord(overrides) ? overrides.env : undefined),
      },
    },
    userConfig: userConfigOf(file.user_config),
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refuseOtherPlatform(
  { compatibility }: Record<string, unknown>,
  origin: string,
  platform: string,
): void {
  const platforms = isRecord(compatibility) ? stringsOf(compatibility.platforms) : [];
  if (platforms.length === 0 || platforms.includes(platform)) return;
  throw new McpctlError(
    'PLATFORM_UNSUPPORTED',
    `The bundle ${origin} is made for ${platforms.join(' and ')} only.`,
    {
      hint: 'Ask its publisher for a bundle for this system.',
    },
  );
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function textsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

function userConfigOf(value: unknown): Record<string, UserConfig> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, option]): [string, UserConfig][] => {
      if (!isRecord(option)) return [];
      const { type, title, description, required, multiple, sensitive, default: initial } = option;
      return [
        [
          key,
          {
            type: type as UserConfig['type'],
            title: typeof title === 'string' ? title : key,
            description: typeof description === 'string' ? description : '',
            required: required === true,
            multiple: multiple === true,
            sensitive: sensitive === true,
            ...(initial !== undefined && initial !== null && { default: initial as UserConfigValue }),
          },
        ],
      ];
    }),
  );
}
