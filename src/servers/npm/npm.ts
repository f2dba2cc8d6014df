import type { ErrorCode } from '../../core/error-codes.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import type { Machine } from '../machine.ts';

/** Settings a user's npmrc must not change, because the trees that come out are moved, split and compared. */
const FIXED = [
  '--global=false',
  '--workspaces=false',
  '--dry-run=false',
  '--package-lock=true',
  '--lockfile-version=3',
  '--omit-lockfile-registry-resolved=false',
  '--install-strategy=hoisted',
  '--omit=dev',
  '--engine-strict=false',
  '--audit=false',
  '--fund=false',
  '--update-notifier=false',
  '--progress=false',
  '--loglevel=error',
  '--json',
];

const CODES: Readonly<Record<string, ErrorCode>> = {
  E401: 'REGISTRY_REFUSED',
  E403: 'REGISTRY_REFUSED',
  E404: 'PACKAGE_NOT_FOUND',
  EACCES: 'INSTALL_FAILED',
  EAI_AGAIN: 'REGISTRY_UNREACHABLE',
  ECONNREFUSED: 'REGISTRY_UNREACHABLE',
  ECONNRESET: 'REGISTRY_UNREACHABLE',
  EINTEGRITY: 'INTEGRITY_MISMATCH',
  ENOTFOUND: 'REGISTRY_UNREACHABLE',
  ERESOLVE: 'DEPENDENCY_CONFLICT',
  ERR_SOCKET_TIMEOUT: 'REGISTRY_UNREACHABLE',
  ETARGET: 'PACKAGE_NOT_FOUND',
  ETIMEDOUT: 'REGISTRY_UNREACHABLE',
};

const HINTS: Partial<Record<ErrorCode, string>> = {
  DEPENDENCY_CONFLICT: 'Another version may do: npm:<package>@<version>. Its authors want to hear of it.',
  INTEGRITY_MISMATCH:
    'The registry sent other bytes than it promised. Run npm cache verify, then try again; if it stays, report it.',
  PACKAGE_NOT_FOUND: 'Check the spelling. Servers known by a short name: mcpctl list --catalog',
  REGISTRY_REFUSED: 'Sign in to the registry: npm login',
  REGISTRY_UNREACHABLE: 'Check the network and proxy: npm ping',
};

export interface NpmRun {
  readonly args: readonly string[];
  /** Folder with the package.json to work on. */
  readonly cwd: string;
  /** What is being done, for messages: "install the package x". */
  readonly purpose: string;
  /** Runs install scripts; only for packages the user approved. */
  readonly scripts?: boolean;
}

const TEN_MINUTES = 600_000;

/** Runs npm with the user's own npmrc, proxy and mirrors. Throws by the code npm itself reports. */
export async function runNpm(
  { args, cwd, purpose, scripts = false }: NpmRun,
  machine: Machine,
): Promise<string> {
  const registry = machine.registries?.npm;
  const { status, stdout, stderr } = await machine.execute({
    command: 'npm',
    args: [
      ...args,
      ...FIXED,
      `--ignore-scripts=${!scripts}`,
      ...(registry === undefined ? [] : [`--registry=${registry}`]),
    ],
    cwd,
    env: npmEnv(machine),
    deadline: TEN_MINUTES,
    signal: machine.signal,
    installHint: 'Install Node.js with npm from https://nodejs.org, then run the command again.',
  });
  if (status === 0) return stdout;
  const failure = failureIn(stdout);
  const code = CODES[failure.code] ?? 'INSTALL_FAILED';
  const reason = failure.summary || lastLine(stderr) || `npm ended with status ${status}`;
  throw new McpctlError(code, `Could not ${purpose}: ${reason}`, {
    hint: HINTS[code] ?? 'Run the command again with --verbose to see all that npm printed.',
    cause: new Error(stderr || stdout),
    data: { npmCode: failure.code },
  });
}

/** Variables that a surrounding `npm run` or `npx` sets would point npm at another project. */
function npmEnv({ env }: Machine): Record<string, string | undefined> {
  const outer =
    /^(npm_(package|lifecycle|command|execpath|node_execpath)|npm_config_(global_prefix|local_prefix|prefix|json|save|package_lock|dry_run|ignore_scripts|call|package)$|INIT_CWD$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !outer.test(name)));
}

function failureIn(stdout: string): { code: string; summary: string } {
  try {
    const value: unknown = JSON.parse(stdout);
    if (isRecord(value) && isRecord(value.error)) {
      const summary = String(value.error.summary ?? '').split('\n')[0] ?? '';
      return { code: String(value.error.code ?? ''), summary };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { code: '', summary: '' };
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^npm (error|ERR!)\s*/, '') ?? ''
  );
}
