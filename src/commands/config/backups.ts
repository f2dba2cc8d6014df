import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { table } from '../../cli/table.ts';
import { createBackups } from '../../platform/backups.ts';

export function command(context: Context): Command {
  const { output, paths, now, cwd } = context;
  return new Command('backups')
    .description('List the backups of files mcpctl changed')
    .argument('[file]', 'of this file only')
    .addHelpText('after', EXAMPLES)
    .action(async (file?: string) => {
      const backups = createBackups({ folder: paths.backups, now });
      const found = await backups.list(file === undefined ? undefined : resolve(cwd, file));
      output.result(found, (rows, style) => {
        if (rows.length === 0) return file ? `There is no backup of ${file}.` : 'There are no backups yet.';
        return table({
          head: ['ID', 'SAVED AT', 'BYTES', 'FILE'].map((word) => style.bold(word)),
          rows: rows.map(({ id, at, size, sha256, path }) => [
            id,
            at,
            sha256 === null ? 'no file' : String(size),
            path,
          ]),
          width: output.width,
        });
      });
    });
}

const EXAMPLES = `
The newest comes first. A backup of a file that did not exist says "no file"; restoring it removes the file.

examples:
  mcpctl config backups
  mcpctl config backups ~/.cursor/mcp.json
  mcpctl config restore <id>`;
