import { isRecord } from '../../core/json.ts';
import type { StdioEntry } from '../../manifest/entry.ts';
import type { Env } from '../../platform/env.ts';
import { type Project, readProject } from '../../servers/project/project.ts';

/** A server under work, and what is done when its code changes. */
export interface DevProject extends Project {
  /** Makes what is started from what is written; undefined where both are the same. */
  readonly build?: readonly [string, ...string[]];
}

/** What tools write by themselves, and tests, which no server runs. */
const UNSEEN = new Set(['node_modules', 'dist', 'coverage', '__pycache__', 'venv', 'test', 'tests']);

/** @throws what `readProject` does */
export async function findDevProject(folder: string): Promise<DevProject> {
  const project = await readProject(folder);
  const { scripts } = project.file.content;
  const isBuilt = project.language !== 'python' && isRecord(scripts) && typeof scripts.build === 'string';
  return isBuilt ? { ...project, build: ['npm', 'run', '--silent', 'build'] } : project;
}

/** Says which changes mean nothing, by path relative to the folder with forward slashes: among them what its build writes. */
export function unseenIn({ entry, build }: DevProject): (path: string) => boolean {
  // A program beside its sources, or among them, is not the output of a build.
  const [first = '', ...below] = entry.kind === 'node' && build ? entry.path.split('/') : [];
  const output = below.length > 0 && first !== 'src' ? first : undefined;
  const isHidden = (part: string): boolean =>
    UNSEEN.has(part) || /^\.(?!env$)|\.(egg-info|log|tmp|swp|tsbuildinfo)$|~$/.test(part);
  return (path) => {
    const parts = path.split('/');
    return parts.some(isHidden) || parts[0] === output;
  };
}

export interface DevVariables {
  readonly env: Env;
  /** A file of variables, as it is now. */
  readonly file?: { readonly path: string; readonly values: ReadonlyMap<string, string> };
  /** Those of flags; they come last. */
  readonly own: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/**
 * How the manifest starts it meanwhile: with references to what its file of variables has, to what it cannot do
 * without, and to what the environment has. A client starts with an environment of its own, so the file goes first.
 */
export function entryOf({ start, variables }: Project, { env, file, own, args }: DevVariables): StdioEntry {
  const wanted = variables.filter(({ name, required }) => required || env[name]);
  const filled = [...(file?.values ?? [])].filter(([, value]) => value !== '');
  const references = Object.fromEntries([
    ...wanted.map(({ name }) => [name, `\${${name}}`]),
    ...filled.map(([name]) => [name, `\${file:${file?.path}#${name}}`]),
  ]);
  return { command: start.command, args: [...start.args, ...args], env: { ...references, ...own } };
}
