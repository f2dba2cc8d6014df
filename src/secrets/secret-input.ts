import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { McpctlError, messageOf } from '../core/errors.ts';

/** The value on a stream, read to its end, without the one newline an editor or `echo` adds. */
export async function readSecretFrom(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return withoutNewline(Buffer.concat(chunks).toString('utf8'));
}

/** The value in a file, in the same form. */
export async function readSecretFile(path: string, cwd: string): Promise<string> {
  const absolute = resolve(cwd, path);
  try {
    return withoutNewline(await readFile(absolute, 'utf8'));
  } catch (error) {
    throw new McpctlError('USAGE', `${absolute} cannot be read: ${messageOf(error)}`, {
      hint: 'mcpctl secret set --help',
      cause: error,
    });
  }
}

/** Refuses words that may be a secret, without repeating any of them. */
export function refuseSecretArguments(name: string, rest: readonly string[]): void {
  const [before = '', ...after] = name.split('=');
  if (rest.length === 0 && after.length === 0) return;
  const shown = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/.test(before) ? before : 'NAME';
  throw new McpctlError(
    'SECRET_ON_COMMAND_LINE',
    'secret set takes the name alone. Arguments can be read by every user of this machine and stay in the shell history.',
    {
      hint: [
        `mcpctl secret set ${shown}                 asks for the value`,
        `mcpctl secret set ${shown} --stdin < file  reads it`,
        'If that was the real value, replace it where it was issued.',
      ].join('\n'),
    },
  );
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}
