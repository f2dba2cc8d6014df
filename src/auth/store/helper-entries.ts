import { isSystemError, McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import type { Env } from '../../platform/env.ts';
import type { Execute, Executed } from '../../platform/execute.ts';
import type { EntryStore } from '../../secrets/entry-store.ts';

export interface HelperEntriesOptions {
  /** What follows `docker-credential-` in the program's name. */
  readonly program: string;
  readonly env: Env;
  /** Milliseconds one run may take. */
  readonly deadlineMs: number;
  /** Asked for at the first use. */
  readonly execute: () => Promise<Execute>;
}

/** Never resolves, so that nothing else can mean the same address. */
const ADDRESS = 'https://mcpctl.invalid/';
/** Helpers refuse an empty one. */
const USER = 'mcpctl';
/** What every helper prints, with status 1, when there is no such item. */
const ABSENT = 'credentials not found in native keychain';

/**
 * Items kept by a program with the protocol of docker's credential helpers: one word as argument, everything else on
 * its standard input. What it prints is never repeated, since it may be the value.
 * @throws CREDENTIAL_HELPER_FAILED from every method, CANCELLED when the signal aborts.
 */
export function createHelperEntries(options: HelperEntriesOptions): EntryStore {
  const command = `docker-credential-${options.program}`;
  const run = async (word: string, input: string, signal?: AbortSignal): Promise<Executed> => {
    const { env, deadlineMs: deadline } = options;
    const execute = await options.execute();
    try {
      return await execute({ command, args: [word], env, input, deadline, ...(signal && { signal }) });
    } catch (error) {
      throw asFailure(error, command, options.deadlineMs);
    }
  };

  const read = async (account: string, signal?: AbortSignal): Promise<string | null> => {
    const { status, stdout } = await run('get', addressOf(account), signal);
    if (status === 0) return secretIn(stdout, command);
    if (stdout.trim() === ABSENT) return null;
    throw failed(command, `failed to get a value (${ending(status)})`);
  };

  return {
    read,
    async write(account, value, signal) {
      const input = JSON.stringify({ ServerURL: addressOf(account), Username: USER, Secret: value });
      const { status } = await run('store', input, signal);
      if (status !== 0) throw failed(command, `failed to store a value (${ending(status)})`);
    },
    async delete(account, signal) {
      // Some helpers succeed, and others fail, when there is nothing to erase.
      if ((await read(account, signal)) === null) return false;
      const { status } = await run('erase', addressOf(account), signal);
      if (status !== 0) throw failed(command, `failed to erase a value (${ending(status)})`);
      return true;
    },
  };
}

/** `#` would begin a fragment, which helpers that parse addresses drop. */
function addressOf(account: string): string {
  return `${ADDRESS}${account.replaceAll('#', '/')}`;
}

/** Nothing mcpctl stores is empty: docker-credential-pass 0.6 answers so, with success, when there is no such item. */
function secretIn(stdout: string, command: string): string | null {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw failed(command, 'did not answer with JSON');
  }
  if (!isRecord(answer) || typeof answer.Secret !== 'string')
    throw failed(command, 'answered without a secret');
  return answer.Secret === '' ? null : answer.Secret;
}

function asFailure(error: unknown, command: string, deadlineMs: number): unknown {
  if (!(error instanceof McpctlError)) {
    return isSystemError(error, 'EPIPE') ? failed(command, 'ended before it was asked') : error;
  }
  if (error.code === 'TOOL_MISSING') {
    return new McpctlError('CREDENTIAL_HELPER_FAILED', `There is no ${command} on PATH.`, {
      hint: `Install it, or keep sign-ins elsewhere: --store keychain or --store file\nDebian and Ubuntu: apt install golang-docker-credential-helpers`,
      data: { program: command },
    });
  }
  if (error.code === 'TOOL_TIMEOUT') return failed(command, `did not answer within ${deadlineMs / 1000} s`);
  return error.code === 'CANCELLED' ? error : failed(command, 'could not be started');
}

function failed(command: string, what: string): McpctlError {
  return new McpctlError('CREDENTIAL_HELPER_FAILED', `The credential helper ${command} ${what}.`, {
    hint: `Try it by hand: ${command} list`,
    data: { program: command },
  });
}

function ending(status: number | null): string {
  return status === null ? 'ended by a signal' : `exit status ${status}`;
}
