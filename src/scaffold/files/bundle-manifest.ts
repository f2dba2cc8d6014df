import { isRecord, type Json } from '../../core/json.ts';
import type { Answers } from '../answers.ts';
import type { Variable } from '../variable.ts';
import { isForPackages } from './registry-entry.ts';
import { withNames } from './renamed.ts';

/** `manifest.json` of an `.mcpb` bundle: what its user is asked, and how it reaches the server. */
export function bundleManifest(
  base: Record<string, Json>,
  answers: Answers,
  variables: readonly Variable[],
): Json {
  const { name, title, description, author, licence } = answers;
  const asked = variables.filter(isForPackages);
  const server = isRecord(base.server) ? base.server : {};
  const start = isRecord(server.mcp_config) ? server.mcp_config : {};
  // The names stand in a path and in the words of a command, where JSON needs no escapes for them.
  const named = (value: unknown): Json =>
    JSON.parse(withNames(JSON.stringify(value ?? null), answers)) as Json;
  const env = Object.fromEntries(asked.map((one) => [one.name, `\${user_config.${keyOf(one)}}`]));
  return {
    ...base,
    name,
    display_name: title,
    description,
    author: { name: author },
    license: licence,
    server: {
      ...server,
      entry_point: named(server.entry_point),
      mcp_config: { ...start, args: named(start.args), env },
    },
    user_config: Object.fromEntries(asked.map((one) => [keyOf(one), setting(one)])),
  } as Json;
}

function keyOf({ name }: Variable): string {
  return name.toLowerCase();
}

function setting({ name, description, format, isRequired, isSecret, ...rest }: Variable): Json {
  const type = format ?? 'string';
  // An empty default lets a setting that is not needed stay empty: the server takes that as not set.
  const value = rest.default ?? (isRequired ? undefined : '');
  return {
    type,
    title: name,
    description,
    required: isRequired ?? false,
    ...(isSecret && { sensitive: true }),
    ...(value !== undefined && { default: type === 'number' ? Number(value) : value }),
  };
}
