import { dirname, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import type { ServerEntry, StdioEntry } from '../../manifest/entry.ts';
import { kindOf } from '../../platform/file-kind.ts';
import { refuseSecrets } from '../../servers/add/adjust.ts';
import { parseAssignments } from '../../servers/add/words.ts';
import { anchored, nameFor, nameOfHost } from '../../servers/resolve-spec.ts';
import { pathSource } from '../../servers/sources/path.ts';
import { checkUrl } from '../../servers/sources/remote.ts';
import { bareSpec } from '../../servers/spec.ts';
import { serverMachine } from '../servers/server-machine.ts';
import { serverOrProject } from '../servers/server-or-project.ts';
import { settingsOrDefaults } from '../settings/settings-or-defaults.ts';

/** A server that is to be tested. */
export interface Subject {
  readonly chosen: ChosenServer;
  /** Where its declared tests lie, if it is a project. */
  readonly folder?: string;
}

export interface SubjectWords {
  /** A name, a folder, a script or an address; this folder when there is none. */
  readonly words: readonly string[];
  /** Program and arguments, instead of it. */
  readonly command: readonly string[] | undefined;
  readonly name?: string;
  /** `NAME=value`, further variables. */
  readonly env: readonly string[];
  /** Further arguments. */
  readonly args: readonly string[];
}

/** Finds out how the server that was named is started. @throws USAGE and what looking it up throws. */
export async function subjectOf(words: SubjectWords, context: Context): Promise<Subject> {
  const subject = await named(words, context);
  const { server } = subject.chosen;
  const entry = adjusted(server.entry, words);
  return {
    ...subject,
    chosen: { ...subject.chosen, server: { ...server, entry, name: words.name ?? server.name } },
  };
}

async function named({ words, command, name }: SubjectWords, context: Context): Promise<Subject> {
  const { cwd } = context;
  if (words.length + (command ? 1 : 0) > 1 || command?.length === 0) {
    throw new McpctlError(
      'USAGE',
      'One server is tested at a time: a name, a folder, an address, or a command after --.',
      {
        hint: 'mcpctl test-server ./my-server, or: mcpctl test-server -- node server.js --flag',
      },
    );
  }
  if (command) {
    const [program = '', ...args] = anchored(command, cwd);
    return {
      ...ofEntry(
        name ?? nameOfScript(args.find((one) => !one.startsWith('-')) ?? program),
        { command: program, args },
        context,
      ),
      folder: cwd,
    };
  }
  const [text = '.'] = words;
  if (/^https?:\/\//i.test(text)) {
    checkUrl(text);
    return ofEntry(nameOfHost(new URL(text)), { url: text }, context);
  }
  const path = resolve(cwd, text);
  if (/[\\/.]/.test(text) && (await kindOf(path)) === 'file') return await ofScript(path, context);
  const { chosen, project } = await serverOrProject(text, context);
  return { chosen, ...(project && { folder: project.folder }) };
}

/** What says nothing of the server a script starts. */
const GENERIC = /^(?:index|main|server|cli|start|run|app|dist|build|src|lib|bin|out)$/;

function nameOfScript(path: string): string {
  const parts = path.split(/[\\/]/).map((part) => part.replace(/\.[a-z]+$/i, ''));
  return nameFor(parts.findLast((part) => part !== '' && !GENERIC.test(part)) ?? 'server');
}

async function ofScript(path: string, context: Context): Promise<Subject> {
  const machine = serverMachine(context, await settingsOrDefaults(context));
  const spec = bareSpec(nameOfScript(path), { type: 'path', path });
  const wanted = { type: 'path', path } as const;
  const resolution = await pathSource.resolve({ ...spec, wanted }, machine, { allowScripts: false });
  const { command = path, args = [] } = resolution.command(spec) ?? {};
  return { ...ofEntry(spec.name, { command, args: [...args] }, context), folder: dirname(path) };
}

function ofEntry(name: string, entry: ServerEntry, { cwd, paths }: Context): Subject {
  const server = { name, entry, scope: 'user' as const, manifest: paths.manifest };
  return { chosen: { server, project: cwd, notes: [] } };
}

function adjusted(entry: ServerEntry, { env, args }: SubjectWords): ServerEntry {
  if (env.length + args.length === 0) return entry;
  if (typeof entry.url === 'string') {
    throw new McpctlError('USAGE', '--env and --arg are for servers that are started here.', {
      hint: 'Name a folder or a command.',
    });
  }
  const values = parseAssignments(env, '--env');
  refuseSecrets({ values, words: args }, { findSecret: findLiteralSecret });
  const stdio = entry as StdioEntry;
  return { ...stdio, args: [...(stdio.args ?? []), ...args], env: { ...stdio.env, ...values } };
}
