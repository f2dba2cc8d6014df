import { z } from 'zod';
import { accessSettings } from './access.ts';
import { ConfigError } from './config-error.ts';
import { settings } from './settings.ts';

/** What every server of this kind understands, as environment variables. */
const common = {
  MCP_TRANSPORT: z.enum(['stdio', 'http']).default('stdio'),
  MCP_HOST: z.string().min(1).default('127.0.0.1'),
  MCP_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Host names, besides those of this machine, under which the HTTP endpoint may be reached. */
  MCP_ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((name) => name !== '')),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};

const schema = z.object({ ...common, ...accessSettings, ...settings });

export type Config = z.infer<typeof schema>;

/** Every variable the server reads. */
export const VARIABLES: readonly string[] = Object.keys(schema.shape);

/**
 * Reads the configuration. `--stdio` and `--http` take precedence over `MCP_TRANSPORT`; an empty variable counts as
 * not set.
 * @throws ConfigError
 */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const unknown = args.filter((word) => word !== '--stdio' && word !== '--http');
  if (unknown.length > 0)
    throw new ConfigError(`Unknown arguments: ${unknown.join(' ')}. Use --stdio or --http.`);
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const transport = args.at(-1)?.slice(2);
  const read = schema.safeParse({ ...given, ...(transport && { MCP_TRANSPORT: transport }) });
  if (read.success) return read.data;
  const lines = read.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new ConfigError(`The configuration is not complete:\n${lines.join('\n')}\nSee .env.example.`);
}
