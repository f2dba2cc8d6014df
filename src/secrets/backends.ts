import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { isSystemError, McpctlError, messageOf } from '../core/errors.ts';
import type { BackendRequest } from './backend-request.ts';
import { readEnvFile } from './dotenv.ts';

/** Reads one `${scheme:path}`. Fails closed: no value is ever made up or taken from elsewhere. */
export async function readBackend(request: BackendRequest): Promise<string> {
  if (request.scheme === 'file') {
    const [, path, name] = VARIABLE.exec(request.path) ?? [];
    if (path === undefined || name === undefined) return await readSecretFile(request);
    return await readVariable(request, path, name);
  }
  if (request.scheme === 'op') return await readOnePassword(request);
  if (request.scheme === 'vault') {
    const { readVault } = await import('./vault.ts');
    return await readVault(request);
  }
  throw new McpctlError(
    'SECRET_BACKEND_UNKNOWN',
    `${'${'}${request.scheme}:${request.path}}: this mcpctl cannot read ${TITLES[request.scheme]}.`,
    { hint: 'Use ${NAME} and put the value in the keychain: mcpctl secret set NAME', data: subject(request) },
  );
}

const TITLES = { 'aws-sm': 'AWS Secrets Manager', 'azure-kv': 'Azure Key Vault' } as const;

/** `${file:<path>#<NAME>}`: one variable of a file such as `.env`. */
const VARIABLE = /^(.+)#([A-Za-z_]\w*)$/;

/** Who may read the file is not asked: it is the `.env` of a project, with the rights of its other files. */
async function readVariable(request: BackendRequest, file: string, name: string): Promise<string> {
  const path = placeOf(request, file);
  const values = await readEnvFile(path);
  const value = values?.get(name);
  if (value) return value;
  throw new McpctlError(
    'SECRET_MISSING',
    `${who(request)} ${name} from ${path}, which ${values ? 'does not have it' : 'does not exist'}.`,
    { hint: `Add it there: ${name}=<value>`, data: subject(request) },
  );
}

/** A file's content without its trailing newline; refused when other users can read the file. */
async function readSecretFile(request: BackendRequest): Promise<string> {
  const { platform } = request;
  const path = placeOf(request, request.path);
  try {
    const { mode, uid } = await stat(path);
    const reader = process.getuid?.();
    if (platform !== 'win32' && ((mode & 0o077) !== 0 || (uid !== reader && uid !== 0 && reader !== 0))) {
      throw new McpctlError(
        'SECRET_FILE_UNSAFE',
        `${path} can be read or changed by other users (mode ${(mode & 0o777).toString(8).padStart(3, '0')}).`,
        { hint: `chmod 600 ${path}`, data: { ...subject(request), path } },
      );
    }
    const text = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    if (text === '') throw failed(request, `${path} is empty.`, `Write the secret into it: ${path}`);
    return text;
  } catch (error) {
    if (error instanceof McpctlError) throw error;
    const absent = isSystemError(error, 'ENOENT', 'ENOTDIR');
    throw new McpctlError(
      absent ? 'SECRET_MISSING' : 'SECRET_BACKEND_FAILED',
      `${who(request)} ${path}, which ${absent ? 'does not exist' : `cannot be read: ${messageOf(error)}`}.`,
      {
        hint: `Create it for you alone: install -m 600 /dev/null ${path}`,
        cause: error,
        data: subject(request),
      },
    );
  }
}

/** Absolute; relative paths belong to the project. */
function placeOf(request: BackendRequest, path: string): string {
  const { home, projectFolder } = request;
  const wanted = /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path;
  if (!isAbsolute(wanted) && projectFolder === undefined) {
    throw failed(
      request,
      `${wanted} is a relative path, and there is no project folder.`,
      'Write an absolute path.',
    );
  }
  return resolve(projectFolder ?? home, wanted);
}

/** `op read op://vault/item/field`: the reference is no secret, so it may stand in the arguments. */
async function readOnePassword(request: BackendRequest): Promise<string> {
  const reference = `op://${request.path.replace(/^(op:)?\/\//, '')}`;
  const text = await new Promise<string>((done, fail) => {
    execFile(
      'op',
      ['read', '--no-newline', reference],
      {
        env: { ...request.env },
        timeout: 30_000,
        signal: request.signal,
        maxBuffer: 1 << 20,
        windowsHide: true,
      },
      (error, stdout) => {
        if (!error) return done(stdout);
        const absent = isSystemError(error, 'ENOENT');
        const what = absent ? 'The 1Password command op is not installed' : `op read ${reference} failed`;
        // op's own message may quote an item, so only its exit status is repeated.
        const status = typeof error.code === 'number' ? ` (exit ${error.code})` : '';
        fail(
          failed(
            request,
            `${what}${status}.`,
            absent
              ? 'Install it: https://developer.1password.com/docs/cli'
              : `op signin, then: op read ${reference}`,
          ),
        );
      },
    );
  });
  if (text === '')
    throw failed(request, `op read ${reference} returned nothing.`, 'Check the item in 1Password.');
  return text;
}

function failed(request: BackendRequest, message: string, hint: string): McpctlError {
  return new McpctlError('SECRET_BACKEND_FAILED', message, { hint, data: subject(request) });
}

function who({ server }: BackendRequest): string {
  return server === undefined ? 'The configuration needs' : `The server ${server} needs`;
}

function subject({ scheme, path, server }: BackendRequest): Record<string, unknown> {
  return { reference: `${scheme}:${path}`, ...(server !== undefined && { server }) };
}
