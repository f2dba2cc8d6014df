import { z } from 'zod';

/** What a caller may put on the command line: never an option, which could change what the command does. */
const word = z
  .string()
  .max(200)
  .regex(/^[^-\s][^\0\r\n]*$/, { error: 'must not begin with a hyphen or a space' });

const noArguments = z.object({});

const helpArguments = z.object({ command: word.optional().describe('Only the help of this command') });

export interface Command<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Schema;
  /** True when nothing is changed. */
  readonly isReading: boolean;
  /** The command line after the program's name. */
  args(given: z.infer<Schema>): readonly string[];
}

/** Keeps the types of a command's arguments together. */
function command<Schema extends z.ZodType>(definition: Command<Schema>): Command {
  return definition as unknown as Command;
}

/** Everything the program may be asked. */
export const COMMANDS: readonly Command[] = [
  command({
    name: 'show_version',
    title: 'Show the version',
    description: 'Shows which version of the program is installed.',
    input: noArguments,
    isReading: true,
    args: () => ['--version'],
  }),
  command({
    name: 'show_help',
    title: 'Show the help',
    description: 'Shows what the program, or one of its commands, can do.',
    input: helpArguments,
    isReading: true,
    args: (given) => [...(given.command === undefined ? [] : [given.command]), '--help'],
  }),
];
