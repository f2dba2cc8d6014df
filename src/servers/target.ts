import type { ServerTarget } from '../mcp/transport.ts';
import { childEnvironment } from '../platform/child-environment.ts';
import type { Env } from '../platform/env.ts';
import type { Launch } from './launch.ts';

/** Replaces the references of each value; what cannot be replaced is left out. */
export type Resolve = (values: Readonly<Record<string, string>>) => Promise<Readonly<Record<string, string>>>;

/** How a launch is carried out once its references are resolved. Rejects only with what `resolve` throws. */
export async function targetOf(
  launch: Launch,
  { env, platform }: { readonly env: Env; readonly platform: NodeJS.Platform },
  resolve: Resolve,
): Promise<ServerTarget> {
  if (launch.kind === 'remote') {
    const { url = launch.url } = await resolve({ url: launch.url });
    const { transport } = launch;
    return { kind: 'remote', url, headers: await resolve(launch.headers), ...(transport && { transport }) };
  }
  const { command = launch.command } = await resolve({ command: launch.command });
  const { cwd } = launch.cwd === undefined ? { cwd: undefined } : await resolve({ cwd: launch.cwd });
  const args = await resolve(Object.fromEntries(launch.args.entries()));
  return {
    kind: 'stdio',
    command,
    args: launch.args.map((word, index) => args[index] ?? word),
    env: childEnvironment({ env, platform, own: await resolve(launch.env) }),
    ...(cwd !== undefined && { cwd }),
  };
}
