import { isRecord } from '../core/json.ts';

/**
 * Settings that count in the user's own file alone: a cloned repository must not switch off the record of what its
 * servers are asked, open the user's network, tell others of them, treat calls in another way, say which registry names
 * come from, or have a token sent to one. What its policy forbids besides counts; see `narrowPolicy`.
 */
export const USERS_ALONE: readonly string[] = [
  'audit',
  'auth',
  'network',
  'policy',
  'limits',
  'cache',
  'retry',
  'breaker',
  'concurrency',
  'fallbacks',
  'standIns',
  'store',
  'gateway',
  'pipelines',
  'alerts',
  'watch',
  'telemetry',
  'routing',
  'registries.mcp',
  'registries.own',
  'registries.countInstalls',
  'registryServer',
];

/** Whether a project's file is no place for a setting. */
export function isUsersAlone(path: readonly string[]): boolean {
  const [first = '', second] = path;
  if (first === 'policy') return false;
  return USERS_ALONE.includes(first) || USERS_ALONE.includes(`${first}.${second}`);
}

/** The settings without some, which are named as `config set` names them, one or two words deep. */
export function withoutKeys(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (keys.includes(key)) return [];
      const within = keys.flatMap((each) => (each.startsWith(`${key}.`) ? [each.slice(key.length + 1)] : []));
      return [[key, within.length > 0 && isRecord(inner) ? withoutKeys(inner, within) : inner]];
    }),
  );
}
