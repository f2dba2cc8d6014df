import type { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { closest } from '../core/closest.ts';
import { McpctlError } from '../core/errors.ts';
import type { CommandLine } from './command-line.ts';
import { groupHelp, groupLines, rootHelp } from './help.ts';
import { COMMANDS } from './manifest.ts';

/** Finds the command in `argv`, loads it alone and runs it. Answers `--version` and `--help` without loading any. */
export async function runCommand(argv: readonly string[], context: Context): Promise<void> {
  const words = argv.filter((word) => !GLOBAL_FLAGS.has(word));
  const [first] = words;
  if (first === '--version' || first === '-V') {
    context.output.result({ version: context.program.version }, ({ version }) => version);
    return;
  }
  if (
    first === undefined ||
    first === '--help' ||
    first === '-h' ||
    (first === 'help' && words.length === 1)
  ) {
    context.output.result(commandNames(COMMANDS), () => rootHelp());
    return;
  }
  const asked = first === 'help' ? [...words.slice(1), '--help'] : words;
  const [group = '', flag = ''] = asked;
  if (commandsOf(group).length > 0 && (flag === '--help' || flag === '-h')) {
    context.output.result(commandNames(commandsOf(group)), () => groupHelp(group, commandsOf(group)));
    return;
  }
  const line = findCommand(asked);
  await parse(await programFor([line], context), first === 'help' ? asked : [...argv]);
}

const GLOBAL_FLAGS = new Set(['--json', '--quiet', '-q', '--verbose', '--no-color']);

function commandNames(lines: readonly CommandLine[]): {
  commands: { name: string; alias?: string; group: string; summary: string }[];
} {
  return {
    commands: lines.map(({ name, alias, group, summary }) => ({
      name,
      ...(alias && { alias }),
      group,
      summary,
    })),
  };
}

/** The commands of two words that begin with this one. */
function commandsOf(group: string): readonly CommandLine[] {
  // A word that is a command by itself is explained as one.
  if (COMMANDS.some(({ name }) => name === group)) return [];
  return COMMANDS.filter(({ name }) => name.startsWith(`${group} `));
}

function findCommand(words: readonly string[]): CommandLine {
  const [first = '', second = ''] = words;
  const found =
    COMMANDS.find(({ name }) => name === `${first} ${second}`) ??
    COMMANDS.find(({ name, alias }) => name === first || alias === first);
  if (found) return found;
  const group = commandsOf(first);
  if (group.length > 0) throw noneOfGroup(first, second, group);
  const [near] = closest(
    first,
    COMMANDS.map(({ name }) => name.split(' ')[0] ?? name),
  );
  throw new McpctlError('USAGE', `There is no command ${JSON.stringify(first)}.`, {
    hint: near ? `Did you mean: mcpctl ${near}` : 'mcpctl --help lists the commands.',
  });
}

function noneOfGroup(group: string, word: string, lines: readonly CommandLine[]): McpctlError {
  if (word === '' || word.startsWith('-')) {
    return new McpctlError('USAGE', `mcpctl ${group} is a group; name one of its commands.`, {
      hint: groupLines(lines).join('\n'),
    });
  }
  const [near] = closest(
    word,
    lines.map(({ name }) => name.slice(group.length + 1)),
  );
  return new McpctlError('USAGE', `There is no command ${JSON.stringify(`${group} ${word}`)}.`, {
    hint: near ? `Did you mean: mcpctl ${group} ${near}` : groupLines(lines).join('\n'),
  });
}

/** A commander program holding the given commands; the reference pages are printed from the same object. */
export async function programFor(lines: readonly CommandLine[], context: Context): Promise<Command> {
  const { Command: Program } = await import('commander');
  const program = new Program('mcpctl');
  for (const line of lines) {
    const [group, name] = line.name.split(' ');
    const { command } = await line.load();
    const child = prepare(command(context), context);
    if (line.alias) child.alias(line.alias);
    let parent = program;
    if (name) {
      parent =
        program.commands.find((candidate) => candidate.name() === group) ??
        prepare(program.command(group ?? ''), context);
    }
    parent.addCommand(child);
  }
  return prepare(program, context);
}

function prepare(command: Command, context: Context): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => void context.stdout.write(text),
    writeErr: () => {},
  });
  if (command.name() !== 'mcpctl' && command.commands.length === 0) {
    command
      .option('--json', 'print one JSON document')
      .option('-q, --quiet', 'print no remarks')
      .option('--verbose', 'print causes of failures')
      .option('--no-color', 'print without colours');
  }
  return command;
}

async function parse(program: Command, argv: string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // By code, not by class name: bundling may rename the class.
    if (!(error instanceof Error) || !('exitCode' in error) || !('code' in error)) throw error;
    if (!String(error.code).startsWith('commander.')) throw error;
    if (error.exitCode === 0) return;
    const text = error.message.replace(/^error: /, '');
    throw new McpctlError('USAGE', `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, '.'), {
      hint: `mcpctl ${findCommand(argv.filter((word) => !GLOBAL_FLAGS.has(word))).name} --help`,
    });
  }
}
