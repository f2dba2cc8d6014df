import type { Context } from '../../cli/context.ts';
import { type ProgressLine, progressLine } from '../../cli/progress-line.ts';
import { closest } from '../../core/closest.ts';
import { asKnown, McpctlError } from '../../core/errors.ts';
import { askRestart } from '../../gateway/control/ask-restart.ts';
import { findRunning, type Running } from '../../gateway/control/find-running.ts';
import { readManifests } from '../../manifest/manifest.ts';

export interface RestartOptions {
  /** Every server that runs. */
  readonly all?: boolean;
  /** Tells what would be restarted, and restarts nothing. */
  readonly dryRun?: boolean;
}

/** A server in one process that runs it. */
export interface RestartTarget {
  readonly server: string;
  readonly running: Running;
}

export interface Restarted {
  readonly server: string;
  readonly pid: number;
  readonly kind: Running['kind'];
  /** Where the client that started it works. */
  readonly cwd: string;
  /** Why it did not work. */
  readonly error?: McpctlError;
}

/**
 * Where the named servers run, or all of them.
 * @throws USAGE unless one of both is asked for; SERVER_UNKNOWN; PROCESS_NOT_RUNNING when nothing runs one of them.
 */
export async function restartTargets(
  named: readonly string[],
  { all = false }: RestartOptions,
  context: Context,
): Promise<RestartTarget[]> {
  if (all === named.length > 0) {
    throw new McpctlError('USAGE', 'Name servers, or all that run with --all.', {
      hint: 'mcpctl restart github',
    });
  }
  const processes = await findRunning(context.paths.run, context.platform);
  const running = [...new Set(processes.flatMap(({ servers }) => servers))];
  const wanted = all ? running : [...new Set(named)];
  const idle = wanted.filter((server) => !running.includes(server));
  if (idle.length > 0 || wanted.length === 0) throw await nothingRuns(idle, context);
  return wanted.flatMap((server) =>
    processes.filter(({ servers }) => servers.includes(server)).map((each) => ({ server, running: each })),
  );
}

/** Starts servers again in the processes that run them; the clients' sessions go on. Tells on stderr how far it is. */
export async function restartFlow(targets: readonly RestartTarget[], context: Context): Promise<Restarted[]> {
  const { output, signal } = context;
  const line = progressLine(output);
  const begun = Date.now();
  const waiting = new Set(targets);
  const show = (): void => tell(line, [...waiting], targets.length, Date.now() - begun);
  const timer = setInterval(show, 1000);
  show();
  try {
    return await Promise.all(
      targets.map(async (target) => {
        const restarted = await restart(target, signal);
        waiting.delete(target);
        show();
        return restarted;
      }),
    );
  } finally {
    clearInterval(timer);
    line.clear();
  }
}

function tell(
  line: ProgressLine,
  waiting: readonly RestartTarget[],
  all: number,
  milliseconds: number,
): void {
  const names = [...new Set(waiting.map(({ server }) => server))].join(', ');
  line.show(
    `Restarting ${names}: ${all - waiting.length} of ${all} done, ${Math.round(milliseconds / 1000)} s`,
  );
}

async function restart({ server, running }: RestartTarget, signal: AbortSignal): Promise<Restarted> {
  const { pid, kind, cwd } = running;
  try {
    await askRestart(running, { server, signal });
    return { server, pid, kind, cwd };
  } catch (error) {
    const known = asKnown(error);
    if (known.code === 'CANCELLED') throw known;
    return { server, pid, kind, cwd, error: known };
  }
}

async function nothingRuns(idle: readonly string[], { paths, cwd }: Context): Promise<McpctlError> {
  // Whether a name is known matters only for what is said; a manifest that cannot be read stops no restart.
  const manifests = await readManifests({ paths, cwd }).catch(() => undefined);
  const unknown = manifests ? idle.find((server) => !manifests.servers.has(server)) : undefined;
  if (unknown !== undefined) {
    const [near] = closest(unknown, manifests?.servers.keys() ?? []);
    return new McpctlError(
      'SERVER_UNKNOWN',
      `There is no server ${JSON.stringify(unknown)} in your manifest.`,
      {
        hint: near ? `Did you mean: mcpctl restart ${near}` : 'mcpctl list shows the servers there are.',
        data: { server: unknown },
      },
    );
  }
  const what = idle.length === 0 ? 'any server' : idle.join(', ');
  return new McpctlError('PROCESS_NOT_RUNNING', `No client and no gateway runs ${what} now.`, {
    hint: 'Start the client that uses it; it starts the server by itself.',
    data: { servers: [...idle] },
  });
}
