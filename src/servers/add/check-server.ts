import { McpctlError } from '../../core/errors.ts';
import { isRemote } from '../../manifest/entry.ts';
import { type Launch, launchOf } from '../launch.ts';
import type { Machine } from '../machine.ts';
import type { AddPorts, StepHandle } from './ports.ts';
import type { AddOptions, Progress } from './progress.ts';

interface Check {
  readonly machine: Machine;
  readonly ports: AddPorts;
  readonly options: AddOptions;
  readonly handle: StepHandle;
}

/**
 * Signs in where the server wants it, starts it once and locks its tools. One that nobody signs in to now is added all
 * the same, with what comes next.
 * @throws what starting throws.
 */
export async function checkServer(progress: Progress, check: Check): Promise<void> {
  const { plan } = progress;
  if (plan.missing.length > 0) {
    progress.notStarted = `${plan.missing.map((variable) => variable.name).join(', ')} is not set yet`;
    return;
  }
  if (plan.spec.auth === 'oauth' && !(await signIn(progress, check))) return;
  try {
    await start(progress, check);
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    if (error.code !== 'SIGN_IN_NEEDED' || !isRemote(progress.entry))
      throw withoutDoctor(error, progress.name);
    if (usesKey(progress)) throw keyRefused(progress, error);
    if (progress.signedIn) return notYet(progress, error.message);
    if (await signIn(progress, check)) await startSignedIn(progress, check);
  }
}

async function startSignedIn(progress: Progress, check: Check): Promise<void> {
  try {
    await start(progress, check);
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    if (error.code !== 'SIGN_IN_NEEDED') throw withoutDoctor(error, progress.name);
    notYet(progress, error.message);
  }
}

async function start(progress: Progress, { machine, ports }: Check): Promise<void> {
  const { name, lock } = progress;
  const { firstCall } = progress.plan.spec;
  const launch = launchFor(progress, machine);
  const started =
    launch.kind === 'stdio' && firstCall?.startArgs
      ? { ...launch, args: [...launch.args, ...firstCall.startArgs] }
      : launch;
  const verification = await ports.verify({ name, launch: started, ...(firstCall && { firstCall }) });
  progress.verification = verification;
  progress.lock = { ...lock, tools: verification.tools };
}

function launchFor({ name, entry, lock }: Progress, { paths, node, platform }: Machine): Launch {
  return launchOf({ name, entry, lockEntry: lock, paths, node: node.executable, platform });
}

/** False, with the reason noted, when nobody signed in. */
async function signIn(progress: Progress, { ports, options, handle }: Check): Promise<boolean> {
  const { name, entry, lock } = progress;
  if (!options.signIn) {
    notYet(progress, 'as asked (--no-sign-in)');
    return false;
  }
  handle.title(`Sign in to ${name} in the browser`);
  try {
    const { catalog } = lock;
    const server = { name, entry, ...(catalog !== undefined && { catalog }) };
    const signedIn = await ports.signIn(server, handle);
    if (typeof signedIn === 'string') {
      notYet(progress, signedIn);
      return false;
    }
    const { undo, notes, ...facts } = signedIn;
    progress.signInNotes.push(...notes);
    progress.undo.push(undo);
    progress.signedIn = facts;
    // Found out by asking the server; written down, so that everybody knows from now on.
    progress.entry = { ...entry, auth: 'oauth' };
    return true;
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    const saysNothing =
      error.code === 'OAUTH_DISCOVERY_FAILED' ||
      (error.code === 'OAUTH_CLIENT_NEEDED' && error.data?.app === undefined);
    notYet(progress, error.message, {
      ...(saysNothing && { keyWay: keyByHand(progress) }),
      ...(error.code === 'KEYCHAIN_UNAVAILABLE' && { flag: ' --store file' }),
    });
    return false;
  }
}

/** A server that says nothing of sign-ins wants a key, most likely in the usual header. */
function keyByHand({ name, entry }: Progress): string {
  const variable = `${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_TOKEN`;
  return `mcpctl add ${entry.url} --name ${name} --header 'Authorization: Bearer \${${variable}}' --force`;
}

function usesKey({ plan, entry }: Progress): boolean {
  const headers = isRemote(entry) ? Object.keys(entry.headers ?? {}) : [];
  return plan.spec.auth === 'api-key' || headers.some((name) => /^authorization$/i.test(name));
}

/** A key that was just given and does not work is not kept. */
function keyRefused({ name, plan }: Progress, error: McpctlError): McpctlError {
  const [key] = plan.spec.variables.filter(({ secret, required }) => secret && required);
  const where = key?.where === undefined ? '' : ` Where to get one: ${key.where}`;
  return new McpctlError(
    'SIGN_IN_NEEDED',
    `${name} refuses the key (HTTP ${error.data?.status ?? 401}).${where}`,
    {
      hint: key
        ? `Give another one: mcpctl secret set ${key.name}, then add it again.`
        : `mcpctl info ${name}`,
      cause: error,
      ...(error.data && { data: error.data }),
    },
  );
}

/** The server stays: signing in later is one command. */
function notYet(
  progress: Progress,
  reason: string,
  { keyWay = progress.plan.spec.keyWay, flag = '' }: { keyWay?: string; flag?: string } = {},
): void {
  progress.notStarted = `not signed in yet: ${reason}`;
  progress.next.push(`mcpctl auth login ${progress.name}${flag}`, ...(keyWay === undefined ? [] : [keyWay]));
}

/** Doctor knows servers of the manifest only, and this one is not going to be there. */
function withoutDoctor(error: McpctlError, name: string): McpctlError {
  if (error.hint !== `mcpctl doctor ${name}`) return error;
  const hint =
    'Correct it and add it again. To add it all the same and look into it with doctor: add --no-verify';
  return new McpctlError(error.code, error.message, {
    hint,
    cause: error,
    ...(error.data && { data: error.data }),
  });
}
