import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { McpctlError } from '../core/errors.ts';
import { type CompletionSources, complete } from '../flows/completion/complete.ts';
import {
  completionScript,
  printCandidates,
  SHELLS,
  type Shell,
} from '../flows/completion/completion-scripts.ts';
import { valuesFor } from '../flows/completion/completion-values.ts';
import { describeCommand } from './shared/describe-command.ts';

interface Options {
  readonly words?: Shell;
  readonly newWord?: boolean;
}

/** A line of the command table, which a command cannot import. */
export interface CommandSource {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  load(): Promise<{ command(context: Context): Command }>;
}

export function completionOf(commands: readonly CommandSource[], context: Context): Command {
  return new Command('completion')
    .description('Complete commands, flags and server names in your shell')
    .argument('[shell]', `the shell to print a script for: ${SHELLS.join(', ')}`)
    .allowExcessArguments()
    .addOption(new Option('--words <shell>').choices(SHELLS).hideHelp())
    .addOption(new Option('--new-word').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: Options, { args }: Command) => {
      if (options.words) {
        await printWords(options.words, args, options.newWord ?? false);
        return;
      }
      const shell = SHELLS.find((known) => known === name);
      if (!shell || args.length > 1) {
        throw new McpctlError('USAGE', `Name one shell: ${SHELLS.join(', ')}.`, {
          hint: 'mcpctl completion bash',
        });
      }
      context.output.result({ shell, script: completionScript(shell) }, ({ script }) => script);
    });

  async function printWords(shell: Shell, args: readonly string[], newWord: boolean): Promise<void> {
    const words = newWord ? [...args, ''] : args;
    const found = await complete(words, sourcesFor(commands, context));
    const current = words.at(-1) ?? '';
    context.output.result({ words: found }, (answer) => printCandidates(answer.words, { shell, current }));
  }
}

const EXAMPLES = `
to load it, add one line to your shell's start-up file:
  bash        source <(mcpctl completion bash)                                   ~/.bashrc
  zsh         source <(mcpctl completion zsh)                                    ~/.zshrc, after compinit
  fish        mcpctl completion fish | source                                    ~/.config/fish/config.fish
  powershell  mcpctl completion powershell | Out-String | Invoke-Expression      $PROFILE`;

function sourcesFor(commands: readonly CommandSource[], context: Context): CompletionSources {
  return {
    commands,
    describe: async (name) => {
      const line = commands.find((candidate) => candidate.name === name);
      const { command } = (await line?.load()) ?? {};
      return command ? describeCommand(command(context)) : { options: [], arguments: [] };
    },
    valuesFor: async (command, name) => await valuesFor(command, name, context),
  };
}
