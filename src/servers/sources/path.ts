import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { McpctlError } from '../../core/errors.ts';
import type { Machine } from '../machine.ts';
import { needProgram } from '../programs.ts';
import { commandOfEntry, findProjectEntry } from '../project/entry.ts';
import type { PackageSource, PlainCommand } from './source.ts';

export const pathSource: PackageSource<'path'> = {
  type: 'path',
  programs: [],
  async resolve(spec, machine) {
    const { path, bin } = spec.wanted;
    const isFolder = (await stat(path)).isDirectory();
    const plain = isFolder ? await folderCommand(path, bin, machine) : scriptCommand(path, machine);
    return {
      spec,
      source: { type: 'path', path },
      scripted: [],
      facts: [`starts ${[plain.command, ...plain.args].join(' ')} where it is; nothing is copied or pinned`],
      command: ({ args }) => ({ command: plain.command, args: [...plain.args, ...args] }),
    };
  },
};

async function folderCommand(
  folder: string,
  bin: string | undefined,
  machine: Machine,
): Promise<PlainCommand> {
  const entry = await findProjectEntry(folder, bin === undefined ? {} : { bin });
  if (entry.kind === 'python' && entry.program === undefined) needProgram(['uv'], folder, machine);
  return commandOfEntry(entry, folder);
}

function scriptCommand(path: string, machine: Machine): PlainCommand {
  switch (extname(path)) {
    case '.js':
    case '.mjs':
    case '.cjs':
      return { command: 'node', args: [path] };
    case '.py':
      needProgram(['uv'], path, machine);
      return { command: 'uv', args: ['run', path] };
    case '.ts':
    case '.mts':
      throw new McpctlError('NOT_A_SERVER', `${path} is TypeScript, which has to be compiled first.`, {
        hint: `Compile it, or say how to run it: mcpctl add my-server -- npx -y tsx ${path}`,
      });
    default:
      return { command: path, args: [] };
  }
}
