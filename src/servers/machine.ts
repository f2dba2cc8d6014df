import type { Env } from '../platform/env.ts';
import type { Execute } from '../platform/execute.ts';
import type { Fetch } from '../platform/fetch.ts';
import type { Paths } from '../platform/paths.ts';

/** What installing and starting servers needs of the machine; tests hand in their own. */
export interface Machine {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly cwd: string;
  readonly paths: Paths;
  /** The Node that runs mcpctl and, where it is new enough, the servers. */
  readonly node: { readonly executable: string; readonly version: string };
  /** False on systems without the GNU C library (Alpine), where npm's Node packages do not run. */
  readonly hasGlibc: boolean;
  readonly execute: Execute;
  readonly fetch: Fetch;
  /** Package registries of the settings; what npm and uv are configured with counts when left out. */
  readonly registries?: { readonly npm?: string; readonly pypi?: string };
  readonly signal: AbortSignal;
  readonly now: () => Date;
}
