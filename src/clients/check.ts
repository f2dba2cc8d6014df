import { findLiteralSecret } from '../core/secret-patterns.ts';
import type { ClientAdapter, Shape } from './adapter.ts';
import { type ClientEntry, stringsOf } from './entry.ts';
import type { ClientProblem, Remark } from './problem.ts';
import { checkReferences, type References } from './references.ts';

export interface CheckOptions {
  readonly client: ClientAdapter;
  readonly name: string;
  readonly entry: ClientEntry;
  readonly platform: NodeJS.Platform;
  /** Of the file it would stand in; the adapter's own by default. */
  readonly shape?: Shape;
  readonly references?: References;
}

/** What the client would refuse, drop without a word, or pass on wrongly if the entry stood in its file. */
export function checkEntry(options: CheckOptions): ClientProblem[] {
  const { client, name, entry, platform, shape = client.shape, references = client.references } = options;
  return [
    ...checkName(client, name),
    ...checkTransport(client, shape, entry),
    ...checkReferences(entry, references, client.title),
    ...checkSecrets(client, entry),
    ...(shape.check?.(entry) ?? []),
    ...checkSpaces(client, entry, platform),
  ].map((problem) => ({ ...problem, server: name }));
}

function checkName({ title, limits }: ClientAdapter, name: string): Remark[] {
  const isReserved = name === '__proto__' || limits.reservedNames?.includes(name);
  if (!isReserved && (limits.serverName === undefined || limits.serverName.test(name))) return [];
  return [
    {
      code: 'CLIENT_ENTRY_UNSUPPORTED',
      severity: 'error',
      message: isReserved
        ? `${title} keeps the name ${JSON.stringify(name)} for itself.`
        : `${title} does not work with the server name ${JSON.stringify(name)}.`,
      hint: 'Rename the server in the manifest: lower-case letters, digits and hyphens work everywhere.',
    },
  ];
}

function checkTransport(
  { title }: ClientAdapter,
  { transports, keepsWorkingFolder }: Shape,
  entry: ClientEntry,
): Remark[] {
  const hint = 'Leave out --direct: mcpctl then starts or reaches the server for the client.';
  const unsupported = (message: string): Remark[] => [
    { code: 'CLIENT_ENTRY_UNSUPPORTED', severity: 'error', message, hint },
  ];
  if (entry.kind === 'stdio') {
    if (entry.cwd === undefined || keepsWorkingFolder) return [];
    return unsupported(`${title} has no working folder in its file.`);
  }
  const transport = entry.transport ?? 'http';
  if (transports.includes(transport)) return [];
  return unsupported(
    transports.includes('http')
      ? `${title} does not speak the older SSE transport of ${hostOf(entry.url)}.`
      : `${title} cannot load a server by URL from its file (${hostOf(entry.url)}).`,
  );
}

/** A manifest may hold a secret by mistake; a client's file must not get it. */
function checkSecrets({ title }: ClientAdapter, entry: ClientEntry): Remark[] {
  const held = stringsOf(entry).find(({ key, value }) => findLiteralSecret(key, value));
  if (!held) return [];
  const where = held.field === held.key ? held.field : `${held.field} ${held.key}`;
  return [
    {
      code: 'CLIENT_SECRET_EXPOSED',
      severity: 'error',
      message: `The value of ${where} is a secret and would stand in clear in the file of ${title}.`,
      hint: 'Store it with mcpctl secret set and put a reference such as ${NAME} into the manifest.',
    },
  ];
}

/** The host alone: the rest of a URL may hold a key. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the server';
}

/** These two split arguments at spaces on Windows. */
function checkSpaces({ id, title }: ClientAdapter, entry: ClientEntry, platform: NodeJS.Platform): Remark[] {
  if (platform !== 'win32' || entry.kind === 'remote' || !['cursor', 'claude-desktop'].includes(id))
    return [];
  if (entry.args.every((value) => !value.includes(' '))) return [];
  return [
    {
      code: 'CLIENT_ENTRY_UNSUPPORTED',
      severity: 'warning',
      message: `${title} on Windows may split an argument that contains a space.`,
      hint: 'Install mcpctl in a folder without spaces, or put the value into env.',
    },
  ];
}
