import { join } from 'node:path';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { kindOf } from '../../platform/file-kind.ts';
import { chooseBin } from '../npm/bin.ts';
import { type ProjectFile, readProjectFile } from './file.ts';

/** What starts a server whose source is a folder. Paths are relative to the folder, with forward slashes. */
export type ProjectEntry =
  | { readonly kind: 'node'; readonly path: string; readonly engines?: string; readonly name?: string }
  | {
      readonly kind: 'python';
      readonly script: string;
      /** In the virtual environment of the project, where it has one; absolute. */
      readonly program?: string;
    };

export interface EntryOptions {
  /** Program to take where there are several. */
  readonly bin?: string;
  /** True when the program need not exist yet. */
  readonly mayBeBuilt?: boolean;
}

/**
 * Finds the program of a folder with a package.json or pyproject.toml.
 * @throws NOT_A_SERVER when there is none or it must be built first; BIN_AMBIGUOUS; DOCUMENT_INVALID.
 */
export async function findProjectEntry(folder: string, options: EntryOptions = {}): Promise<ProjectEntry> {
  return await entryOfFile(await readProjectFile(folder), folder, options);
}

/** The same for a file that was read. */
export async function entryOfFile(
  { kind, content }: ProjectFile,
  folder: string,
  options: EntryOptions,
): Promise<ProjectEntry> {
  if (kind === 'node') return await nodeEntry(folder, content, options);
  const script = options.bin ?? pythonScript(content, folder);
  const program = await ownProgram(folder, script);
  return { kind: 'python', script, ...(program !== undefined && { program }) };
}

/** The command that starts it, wherever it is typed. */
export function commandOfEntry(
  entry: ProjectEntry,
  folder: string,
): { readonly command: string; readonly args: readonly string[] } {
  if (entry.kind === 'node') return { command: 'node', args: [join(folder, entry.path)] };
  if (entry.program !== undefined) return { command: entry.program, args: [] };
  return { command: 'uv', args: ['run', '--directory', folder, entry.script] };
}

/** Where uv and Python's own venv put a program, on POSIX systems and on Windows. */
async function ownProgram(folder: string, script: string): Promise<string | undefined> {
  const places = [join(folder, '.venv', 'bin', script), join(folder, '.venv', 'Scripts', `${script}.exe`)];
  for (const place of places) if ((await kindOf(place)) === 'file') return place;
  return undefined;
}

async function nodeEntry(folder: string, file: JsonObject, options: EntryOptions): Promise<ProjectEntry> {
  const { bin: wanted, mayBeBuilt = false } = options;
  const { bin, main, name, engines } = file;
  const label = typeof name === 'string' ? name : folder;
  const programs =
    typeof bin === 'string'
      ? { [label.split('/').at(-1) ?? label]: bin }
      : isRecord(bin)
        ? (bin as Record<string, string>)
        : undefined;
  const path =
    programs === undefined && typeof main === 'string' && wanted === undefined
      ? main
      : chooseBin({ package: label, bin: programs, ...(wanted !== undefined && { wanted }) }).path;
  const relative = path.replace(/^\.\//, '');
  if (!mayBeBuilt && (await kindOf(join(folder, relative))) !== 'file') {
    throw new McpctlError(
      'NOT_A_SERVER',
      `${join(folder, relative)} does not exist: ${label} has to be built first.`,
      {
        hint: 'Build it (npm install && npm run build), then add it again. For a git source: --allow-scripts builds it.',
      },
    );
  }
  const node = isRecord(engines) && typeof engines.node === 'string' ? { engines: engines.node } : {};
  return { kind: 'node', path: relative, ...node, ...(typeof name === 'string' && { name }) };
}

/** The one program of `[project.scripts]`, or the one called like the project. */
function pythonScript({ project }: JsonObject, folder: string): string {
  const { scripts, name } = isRecord(project) ? project : {};
  const names = isRecord(scripts) ? Object.keys(scripts) : [];
  const chosen = names.find((script) => script === name) ?? (names.length === 1 ? names[0] : undefined);
  if (chosen !== undefined) return chosen;
  throw new McpctlError(
    names.length > 1 ? 'BIN_AMBIGUOUS' : 'NOT_A_SERVER',
    names.length > 1
      ? `${folder} has several programs: ${names.join(', ')}.`
      : `${folder}/pyproject.toml names no program in [project.scripts].`,
    { hint: names.length > 1 ? `Say which one is the server: --bin ${names[0]}` : 'Name the script itself.' },
  );
}
