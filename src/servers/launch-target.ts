import type { ServerTarget } from '../mcp/transport.ts';
import { childEnvironment } from '../platform/child-environment.ts';
import type { Env } from '../platform/env.ts';
import type { Resolver } from '../secrets/resolve.ts';
import type { Launch } from './launch.ts';

export interface TargetOptions {
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  readonly signal?: AbortSignal;
}

export interface ResolvedLaunch {
  readonly target: ServerTarget;
  /** What must not be printed. */
  readonly secrets: readonly string[];
}

/** A launch with every reference replaced by its value. Throws what the resolver throws. */
export async function targetOf(launch: Launch, options: TargetOptions): Promise<ResolvedLaunch> {
  const { resolver, env, platform, signal } = options;
  const texts: Record<string, string> =
    launch.kind === 'remote'
      ? { url: launch.url, ...prefixed('header', launch.headers) }
      : {
          command: launch.command,
          ...(launch.cwd !== undefined && { cwd: launch.cwd }),
          ...prefixed('env', launch.env),
          ...prefixed('arg', Object.fromEntries(launch.args.entries())),
        };
  const { values, secrets } = await resolver.resolve(texts, signal);
  if (launch.kind === 'remote') {
    const { transport } = launch;
    return {
      target: {
        kind: 'remote',
        url: values.url ?? launch.url,
        headers: pick('header', values),
        ...(transport && { transport }),
      },
      secrets,
    };
  }
  const cwd = values.cwd === undefined ? {} : { cwd: values.cwd };
  return {
    target: {
      kind: 'stdio',
      command: values.command ?? launch.command,
      args: launch.args.map((argument, index) => values[`arg ${index}`] ?? argument),
      env: childEnvironment({ env, platform, own: pick('env', values) }),
      ...cwd,
    },
    secrets,
  };
}

function prefixed(kind: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${kind} ${key}`, value]));
}

function pick(kind: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      key.startsWith(`${kind} `) ? [[key.slice(kind.length + 1), value]] : [],
    ),
  );
}
