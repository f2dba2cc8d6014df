import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { renderInventory } from '../../flows/settings/secret-view.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { takeInventory } from '../../secrets/inventory.ts';

export function command(context: Context): Command {
  return new Command('list')
    .description('Show which secrets are stored where, which servers use them and which are missing')
    .addHelpText(
      'after',
      `
Values are never shown. The fingerprint changes with the value.

Examples:
  mcpctl secret list
  mcpctl secret list --json`,
    )
    .action(async () => {
      const { cwd, paths, output, signal } = context;
      const { servers, project } = await readManifests({ paths, cwd });
      const projectFolder = project?.project ?? cwd;
      const inventory = await takeInventory(context, { servers: servers.values(), projectFolder, signal });
      output.result(inventory, renderInventory);
      if (inventory.keychain) output.warn(inventory.keychain.message);
      for (const { name, state } of inventory.secrets) {
        if (state === 'missing') output.note(`To store ${name}: mcpctl secret set ${name}`);
      }
    });
}
