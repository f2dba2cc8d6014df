import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { table } from '../../cli/table.ts';
import { closest } from '../../core/closest.ts';
import { McpctlError } from '../../core/errors.ts';
import { requirePipeline } from '../../pipelines/format/read-pipeline.ts';
import { sha256OfFile, writeFileAtomic } from '../../platform/atomic-write.ts';

export interface Example {
  readonly name: string;
  readonly description: string;
  /** Names of the servers it calls. */
  readonly servers: readonly string[];
}

export interface ExampleFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export interface WrittenExample extends Example {
  /** Absolute. */
  readonly path: string;
  readonly written: boolean;
}

/** The pipelines that come with mcpctl. */
export async function listExamples(context: Context): Promise<Example[]> {
  const folder = examplesFolder(context);
  return await Promise.all((await exampleNames(folder)).map((name) => describe(folder, name)));
}

/** Writes an example where it can be changed. @throws USAGE for a name there is none of, FILES_EXIST. */
export async function writeExample(
  name: string,
  { output, force = false, dryRun = false }: ExampleFlags,
  context: Context,
): Promise<WrittenExample> {
  const folder = examplesFolder(context);
  const names = await exampleNames(folder);
  if (!names.includes(name)) {
    const [near] = closest(name, names);
    throw new McpctlError('USAGE', `There is no example ${JSON.stringify(name)}.`, {
      hint: near ? `Did you mean: mcpctl chain init ${near}` : `There are: ${names.join(', ')}`,
      data: { examples: names },
    });
  }
  const path = resolve(context.cwd, output ?? `${name}.yaml`);
  if (!force && (await sha256OfFile(path)) !== null) {
    throw new McpctlError('FILES_EXIST', `${path} is there already.`, {
      hint: 'Choose another name with --output, or replace it with --force.',
      data: { path },
    });
  }
  const text = await readFile(join(folder, `${name}.yaml`), 'utf8');
  if (!dryRun) await writeFileAtomic(path, text, { mode: 0o644, folderMode: 0o755 });
  return { ...(await describe(folder, name)), path, written: !dryRun };
}

export function renderExamples(examples: readonly Example[], width: number): string {
  const rows = examples.map(({ name, servers, description }) => [name, servers.join(', '), description]);
  return table({ head: ['EXAMPLE', 'SERVERS', 'WHAT IT DOES'], rows, width });
}

async function exampleNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => /^(.+)\.yaml$/.exec(name)?.[1] ?? []).sort();
}

function examplesFolder({ program }: Context): string {
  return join(dirname(program.script), '..', 'templates', 'pipelines');
}

async function describe(folder: string, name: string): Promise<Example> {
  const { pipeline } = await requirePipeline(join(folder, `${name}.yaml`));
  const servers = [...new Set(pipeline.steps.map(({ server }) => server))];
  return { name, description: pipeline.description ?? '', servers };
}
