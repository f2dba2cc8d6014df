import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { chooseBin } from './npm/bin.ts';

/** What starts a server whose source is a folder. Paths are relative to the folder, with forward slashes. */
export type ProjectEntry =
  | { readonly kind: 'node'; readonly path: string; readonly engines?: string; readonly name?: string }
  | { readonly kind: 'python'; readonly script: string };

export interface EntryOptions {
  /** Program to take where there are several. */
  readonly bin?: string;
  /** True when the program need not exist yet. */
  readonly mayBeBuilt?: boolean;
}

/**
 * Finds the program of a folder with a package.json or pyproject.toml.
 * @throws NOT_A_SERVER when there is none or it must be built first; BIN_AMBIGUOUS.
 */
export async function findProjectEntry(folder: string, options: EntryOptions = {}): Promise<ProjectEntry> {
  const packageText = await readIfThere(join(folder, 'package.json'));
  if (packageText !== undefined) return await nodeEntry(folder, packageText, options);
  const python = await readIfThere(join(folder, 'pyproject.toml'));
  if (python !== undefined) return { kind: 'python', script: options.bin ?? pythonScript(python, folder) };
  throw new McpctlError('NOT_A_SERVER', `${folder} has neither a package.json nor a pyproject.toml.`, {
    hint: 'Name the folder of the server itself, or its script.',
  });
}

async function nodeEntry(folder: string, text: string, options: EntryOptions): Promise<ProjectEntry> {
  const { bin: wanted, mayBeBuilt = false } = options;
  const file: unknown = parse(text, join(folder, 'package.json'));
  const { bin, main, name, engines } = isRecord(file) ? file : {};
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
  if (!mayBeBuilt && !(await isFile(join(folder, relative)))) {
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
function pythonScript(text: string, folder: string): string {
  const section = /^\[project\.scripts\]\s*\n((?:(?!^\[).*\n?)*)/m.exec(text)?.[1] ?? '';
  const names = [...section.matchAll(/^\s*["']?([A-Za-z0-9._-]+)["']?\s*=/gm)].map((match) => match[1] ?? '');
  const project = /^\[project\]\s*\n(?:(?!^\[).*\n)*?\s*name\s*=\s*["']([^"']+)["']/m.exec(text)?.[1];
  const chosen = names.find((name) => name === project) ?? (names.length === 1 ? names[0] : undefined);
  if (chosen !== undefined) return chosen;
  throw new McpctlError(
    names.length > 1 ? 'BIN_AMBIGUOUS' : 'NOT_A_SERVER',
    names.length > 1
      ? `${folder} has several programs: ${names.join(', ')}.`
      : `${folder}/pyproject.toml names no program in [project.scripts].`,
    { hint: names.length > 1 ? `Say which one is the server: --bin ${names[0]}` : 'Name the script itself.' },
  );
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new McpctlError('NOT_A_SERVER', `${path} is not JSON.`, { cause: error });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
