import type { Command } from 'commander';
import type { CompletableCommand } from '../../flows/completion/complete.ts';

/** A command's options and arguments as completion needs them, with those every command has. */
export function describeCommand(command: Command): CompletableCommand {
  const options = command.options.filter(({ hidden }) => !hidden);
  return {
    options: [
      ...options.map(({ short, long, description, required, optional, variadic, argChoices }) => ({
        names: [short, long].filter((flag) => flag !== undefined),
        description,
        takesValue: required || optional,
        isVariadic: variadic,
        choices: argChoices,
      })),
      ...COMMON.map(([flag, description]) => ({
        names: [flag],
        description,
        takesValue: false,
        isVariadic: false,
      })),
    ],
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      choices: argument.argChoices,
      isVariadic: argument.variadic,
    })),
  };
}

const COMMON = [
  ['--help', 'explain the command'],
  ['--json', 'print one JSON document'],
  ['--quiet', 'print no remarks'],
  ['--verbose', 'print causes of failures'],
  ['--no-color', 'print without colours'],
] as const;
