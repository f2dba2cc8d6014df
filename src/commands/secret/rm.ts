import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { needsOf } from '../../secrets/needs.ts';
import { findSecret, removeSecret } from '../../secrets/store-secret.ts';

export function command(context: Context): Command {
  return new Command('rm')
    .description("Remove a secret from the keychain and the project's .env")
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'say where it is and remove nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  mcpctl secret rm LINEAR_API_KEY\n  mcpctl secret rm LINEAR_API_KEY --yes',
    )
    .action(async (name: string, { yes, dryRun }: { yes?: boolean; dryRun?: boolean }) => {
      const { cwd, paths, output, prompt, signal } = context;
      const { servers, project } = await readManifests({ paths, cwd });
      const projectFolder = project?.project ?? cwd;
      const places = await findSecret(context, { name, projectFolder, signal });
      if (places.length === 0) {
        throw new McpctlError('SECRET_MISSING', `There is no secret ${JSON.stringify(name)} to remove.`, {
          hint: 'mcpctl secret list',
          data: { name },
        });
      }
      const where = places.map((place) => TITLES[place]).join(' and ');
      const usedBy = needsOf(servers.values()).find((need) => need.name === name)?.servers ?? [];
      if (dryRun) {
        output.result(
          { name, stored: places, usedBy, dryRun: true },
          () => `Would remove ${name} from ${where}.`,
        );
        return;
      }
      const used = usedBy.length > 0 ? ` It is used by ${usedBy.join(', ')}.` : '';
      if (
        !yes &&
        !(await prompt.confirm({ message: `Remove ${name} from ${where}?${used}`, flag: '--yes' }))
      ) {
        throw new McpctlError('CANCELLED', `${name} was not removed.`);
      }
      const removed = await removeSecret(context, { name, projectFolder, signal });
      output.result({ name, removed, usedBy }, () => `Removed ${name} from ${where}.`);
      if (context.env[name]) output.warn(`${name} is still set in the environment of this shell.`);
    });
}

const TITLES = { keychain: 'the system keychain', env: '.env of this project' } as const;
