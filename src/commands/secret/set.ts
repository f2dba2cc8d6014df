import { Command, Option } from 'commander';
import type { Context } from '../../cli/context.ts';
import { describeNeeds } from '../../flows/settings/env-example.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { readSecretFile, readSecretFrom, refuseSecretArguments } from '../../secrets/secret-input.ts';
import type { SecretStore } from '../../secrets/secret-reader.ts';
import { checkStore, storeSecret } from '../../secrets/store-secret.ts';
import { readSettings } from '../../settings/read.ts';

interface Options {
  readonly store?: SecretStore;
  readonly stdin?: boolean;
  readonly fromFile?: string;
  readonly dryRun?: boolean;
}

export function command(context: Context): Command {
  return (
    new Command('set')
      .description('Keep a value that servers refer to as ${NAME}; asks for it without showing it')
      .argument('<name>', 'for example LINEAR_API_KEY')
      .argument('[nothing...]', 'the value is never an argument')
      .addOption(
        new Option('--store <place>', 'where to keep it; keychain unless set otherwise').choices([
          'keychain',
          'env',
        ]),
      )
      .option('--stdin', 'read the value from standard input')
      .option('--from-file <path>', 'read the value from a file')
      .option('--dry-run', 'check the place and store nothing')
      // What commander does not know may be the secret, and it would repeat it in its error.
      .allowUnknownOption()
      .addHelpText('after', EXAMPLES)
      .action(async (name: string, rest: string[], options: Options) => {
        refuseSecretArguments(name, rest);
        const { cwd, paths, output, signal } = context;
        const { project } = await readManifests({ paths, cwd });
        const projectFolder = project?.project ?? cwd;
        const { store = (await readSettings(context)).settings.secrets.store } = options;
        const request = { name, store, projectFolder, signal };
        if (options.dryRun) {
          await checkStore(context, { ...request, value: 'x' });
          const answer = { name, store, dryRun: true };
          output.result(answer, () => `Would store ${name} in ${TITLES[store]}.`);
          return;
        }
        const stored = await storeSecret(context, {
          ...request,
          value: await enteredValue(name, options, context),
        });
        for (const note of stored.notes) output.note(note);
        if (project && store === 'env') {
          const added = await describeNeeds(project, context);
          if (added.length > 0) output.note(`Added ${added.join(', ')} to .env.example, without values.`);
        }
        if (store === 'keychain' && context.env[name]) {
          output.warn(`${name} is also set in the environment of this shell, which comes first there.`);
        }
        const { notes: _, ...answer } = stored;
        output.result(answer, () => `Stored ${name} in ${stored.path ?? TITLES[stored.store]}.`);
      })
  );
}

const EXAMPLES = `
Examples:
  mcpctl secret set LINEAR_API_KEY
  pass show linear | mcpctl secret set LINEAR_API_KEY --stdin
  mcpctl secret set DATABASE_URL --store env`;

const TITLES = { keychain: 'the system keychain', env: '.env of this project' } as const;

async function enteredValue(name: string, { stdin, fromFile }: Options, context: Context): Promise<string> {
  const value = await read();
  if (value !== value.trim()) context.output.warn(`The value of ${name} begins or ends with white space.`);
  return value;

  async function read(): Promise<string> {
    if (fromFile !== undefined) return await readSecretFile(fromFile, context.cwd);
    if (stdin) return await readSecretFrom(context.stdin);
    return await context.prompt.password({ message: `Value of ${name}`, flag: '--stdin' });
  }
}
