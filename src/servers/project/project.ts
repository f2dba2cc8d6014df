import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isRecord, type JsonObject, recordsIn } from '../../core/json.ts';
import { readTextFile } from '../../documents/read.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import type { Env } from '../../platform/env.ts';
import { readDotenv } from '../../secrets/dotenv.ts';
import { argumentsOf, type RegistryInput } from '../registry-inputs.ts';
import { nameFor } from '../resolve-spec.ts';
import { commandOfEntry, type EntryOptions, entryOfFile, type ProjectEntry } from './entry.ts';
import { type ProjectFile, readProjectFile, readProjectJson } from './file.ts';
import { type ProjectVariable, variablesOfProject } from './variables.ts';

/** A folder with the source of an MCP server, as its own files describe it. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  readonly language: 'typescript' | 'javascript' | 'python';
  /** Name of the package; an npm one may have a scope. */
  readonly name: string;
  /** What `mcpctl add <folder>` calls the server. */
  readonly server: string;
  readonly version?: string;
  /** Name for people. */
  readonly title?: string;
  readonly description?: string;
  /** What starts it, relative to the folder. */
  readonly entry: ProjectEntry;
  /** False when the program has to be built first; a Python script counts as built. */
  readonly isBuilt: boolean;
  /** How it is started on standard streams, wherever the command is typed. */
  readonly start: { readonly command: string; readonly args: readonly string[] };
  readonly variables: readonly ProjectVariable[];
  /** package.json or pyproject.toml. */
  readonly file: ProjectFile;
  /** server.json, as the MCP registry takes it. */
  readonly registryEntry?: JsonObject;
  /** manifest.json of a bundle. */
  readonly bundle?: JsonObject;
}

/**
 * Reads what a folder says of the server in it. Nothing is started, and `isBuilt` says whether it could be.
 * @throws NOT_A_SERVER without a package.json or pyproject.toml, or when none of its programs is the server;
 * BIN_AMBIGUOUS; DOCUMENT_INVALID.
 */
export async function readProject(folder: string, options: Pick<EntryOptions, 'bin'> = {}): Promise<Project> {
  const file = await readProjectFile(folder);
  const entry = await entryOfFile(file, folder, { ...options, mayBeBuilt: true });
  const [registryEntry, manifest, example] = await Promise.all([
    readProjectJson(folder, 'server.json'),
    readProjectJson(folder, 'manifest.json'),
    readTextFile(join(folder, '.env.example')),
  ]);
  // Web pages have a manifest.json too.
  const bundle = isRecord(manifest?.server) ? manifest : undefined;
  const { command, args } = commandOfEntry(entry, folder);
  const facts = file.kind === 'node' ? file.content : (file.content.project ?? {});
  const { name, version, description } = isRecord(facts) ? facts : {};
  const title = registryEntry?.title ?? bundle?.display_name;
  return {
    folder,
    language: languageOf(file),
    name: typeof name === 'string' ? name : basename(folder),
    server: nameFor(basename(folder)),
    ...(typeof version === 'string' && { version }),
    ...(typeof title === 'string' && { title }),
    ...(typeof description === 'string' && { description }),
    entry,
    isBuilt: entry.kind === 'python' || (await isThere(join(folder, entry.path))),
    start: { command, args: [...args, ...ownArguments(registryEntry)] },
    variables: variablesOfProject({ registryEntry, bundle, example: example.text }),
    file,
    ...(registryEntry && { registryEntry }),
    ...(bundle && { bundle }),
  };
}

/**
 * The server of a project as if a manifest had it: references to the variables it cannot do without, and to those
 * the environment or the project's `.env` has. @throws SECRET_BACKEND_FAILED when `.env` cannot be read.
 */
export async function serverOfProject(project: Project, env: Env): Promise<ChosenServer> {
  const { folder, server, start, variables } = project;
  const given = await readDotenv(folder);
  const wanted = variables.filter(({ name, required }) => required || env[name] || given.get(name));
  const references = Object.fromEntries(wanted.map(({ name }) => [name, `\${${name}}`]));
  return {
    server: {
      name: server,
      entry: { command: start.command, args: [...start.args], env: references },
      scope: 'project',
      // No file: a project needs no manifest to be started.
      manifest: join(folder, '.claude', 'claude_desktop_config.json'),
    },
    project: folder,
    notes: [],
  };
}

function languageOf({ kind, content }: ProjectFile): Project['language'] {
  if (kind === 'python') return 'python';
  const { dependencies, devDependencies } = content;
  const packages = {
    ...(isRecord(dependencies) && dependencies),
    ...(isRecord(devDependencies) && devDependencies),
  };
  return 'typescript' in packages ? 'typescript' : 'javascript';
}

/** Arguments server.json fixes, such as the one that chooses standard streams; what the user has to fill in is not among them. */
function ownArguments(registryEntry: JsonObject | undefined): string[] {
  const local = recordsIn(registryEntry?.packages).find(({ registryType }) => registryType !== 'oci');
  const inputs = recordsIn(local?.packageArguments) as RegistryInput[];
  const { args, blanks } = argumentsOf(inputs.filter(({ value }) => value !== undefined));
  return Object.keys(blanks).length > 0 ? [] : args;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
