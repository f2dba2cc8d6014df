import { resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { openDocument } from '../../documents/open.ts';
import { readTextFile } from '../../documents/read.ts';
import { readAll } from '../calls/read-all.ts';

export interface InputFlags {
  /** `key=value` and `key:=json`. */
  readonly input?: readonly string[];
  /** A JSON or YAML file, or `-`. */
  readonly inputs?: string;
}

export interface RunFlags extends InputFlags {
  readonly dryRun?: boolean | string;
  readonly graph?: boolean | string;
  readonly yes?: boolean;
}

/** What a run is to do, once the words are told apart. */
export interface RunWish {
  /** As it was given. */
  readonly file: string;
  /** `plan` calls nothing, `reads` what only reads. */
  readonly mode: 'plan' | 'reads' | 'run';
  readonly graph?: 'text' | 'mermaid';
}

/** `--dry-run file.yaml` means the file, not a kind of dry run. @throws USAGE */
export function readRunFlags(file: string | undefined, flags: RunFlags): RunWish {
  const words: string[] = file === undefined ? [] : [file];
  const optional = <T extends string>(
    value: boolean | string | undefined,
    known: readonly T[],
  ): T | true | undefined => {
    if (value === undefined || value === false) return undefined;
    if (value === true) return true;
    const found = known.find((word) => word === value);
    if (found === undefined) words.push(value);
    return found ?? true;
  };
  const dry = optional(flags.dryRun, ['reads']);
  const drawn = optional(flags.graph, ['text', 'mermaid']);
  const [path, ...rest] = words;
  if (path === undefined || rest.length > 0) {
    const message =
      path === undefined
        ? 'Name the file of a pipeline.'
        : `Name one file, not ${words.length}: ${words.join(', ')}.`;
    throw new McpctlError('USAGE', message, {
      hint: 'mcpctl chain run <file> [--dry-run[=reads]] [--graph[=mermaid]]',
    });
  }
  return {
    file: path,
    mode: dry === 'reads' ? 'reads' : dry || drawn ? 'plan' : 'run',
    ...(drawn && { graph: drawn === true ? 'text' : drawn }),
  };
}

/** The inputs of `--inputs`, nothing without it. @throws USAGE, and what reading the file throws. */
export async function readInputsFile(path: string | undefined, context: Context): Promise<JsonObject> {
  if (path === undefined) return {};
  const text = path === '-' ? await readAll(context.stdin) : await readExisting(resolve(context.cwd, path));
  const name = path === '-' ? 'stdin' : path;
  const format = /\.ya?ml$/i.test(path) ? 'yaml' : /\.jsonc?$/i.test(path) ? 'jsonc' : looksLikeJson(text);
  const dialect = {
    format,
    allowComments: true,
    allowTrailingCommas: true,
    allowByteOrderMark: true,
  } as const;
  const { value, problems } = await openDocument(text, dialect, name);
  const [broken] = problems;
  if (!broken && isRecord(value)) return value as JsonObject;
  const why = broken
    ? `${name}:${broken.line}:${broken.column}: ${broken.message}`
    : `${name} holds no object`;
  throw new McpctlError('USAGE', `The inputs cannot be read: ${why}.`, {
    hint: 'A file of JSON or YAML: {"repository": "octocat/hello"}',
  });
}

async function readExisting(path: string): Promise<string> {
  const { exists, text } = await readTextFile(path);
  if (exists) return text;
  throw new McpctlError('FILE_UNREADABLE', `There is no file ${path}.`, {
    hint: 'Check its name.',
    data: { path },
  });
}

function looksLikeJson(text: string): 'jsonc' | 'yaml' {
  return text.trimStart().startsWith('{') ? 'jsonc' : 'yaml';
}
