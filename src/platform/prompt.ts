import type { Readable, Writable } from 'node:stream';
import { McpctlError } from '../core/errors.ts';

export interface Question {
  readonly message: string;
  /** What to pass instead when nobody can be asked, e.g. `--yes`. */
  readonly flag: string;
}

export interface Choice<T> {
  readonly value: T;
  readonly name: string;
  readonly description?: string;
  readonly checked?: boolean;
}

export interface SearchQuestion<T> extends Question {
  source(typed: string): Promise<readonly Choice<T>[]>;
  /** Lines a description and what stands around the choices may take; so many fewer choices fit a low terminal. */
  readonly below?: number;
}

/** Asks a person, on stderr. Each method throws CONFIRMATION_NEEDED, naming the flag, when nobody can be asked. */
export interface Prompt {
  readonly canAsk: boolean;
  confirm(question: Question & { readonly initial?: boolean }): Promise<boolean>;
  /** Asks again while `problem` says what is wrong with the answer. */
  text(
    question: Question & { readonly initial?: string; problem?(text: string): string | undefined },
  ): Promise<string>;
  /** Reads without showing what is typed. */
  password(question: Question): Promise<string>;
  select<T>(question: Question & { readonly choices: readonly Choice<T>[] }): Promise<T>;
  checkbox<T>(question: Question & { readonly choices: readonly Choice<T>[] }): Promise<T[]>;
  /** Offers what `source` finds for what is typed, empty at first; the chosen one's description stands below. */
  search<T>(question: SearchQuestion<T>): Promise<T>;
}

export interface PromptOptions {
  /** Opened at the first question only. */
  readonly stdin: () => Readable;
  readonly stderr: Writable & { isTTY?: boolean; readonly rows?: number };
  /** False with `--json`, in CI, or without a terminal. */
  readonly canAsk: boolean;
  readonly signal: AbortSignal;
}

export function createPrompt({ stdin, stderr, canAsk, signal }: PromptOptions): Prompt {
  const streams = () => ({ input: stdin(), output: stderr, signal, clearPromptOnDone: false });
  const ask = async <T>(
    question: Question,
    run: (library: typeof import('@inquirer/prompts')) => Promise<T>,
  ): Promise<T> => {
    if (!canAsk) {
      throw new McpctlError('CONFIRMATION_NEEDED', `Nobody can be asked here: ${question.message}`, {
        hint: `Pass ${question.flag}, or run the command in a terminal.`,
      });
    }
    try {
      return await run(await import('@inquirer/prompts'));
    } catch (error) {
      if (
        error instanceof Error &&
        ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'].includes(error.name)
      ) {
        throw new McpctlError('CANCELLED', 'Cancelled at a question; nothing more was done.', {
          cause: error,
        });
      }
      throw error;
    }
  };
  return {
    canAsk,
    confirm: (question) =>
      ask(question, ({ confirm }) =>
        confirm({ message: question.message, default: question.initial ?? true }, streams()),
      ),
    text: (question) =>
      ask(question, ({ input }) =>
        input(
          {
            message: question.message,
            default: question.initial,
            validate: (text) => question.problem?.(text) ?? true,
          },
          streams(),
        ),
      ),
    password: (question) =>
      ask(question, ({ password }) => password({ message: question.message, mask: '•' }, streams())),
    select: <T>(question: Question & { readonly choices: readonly Choice<T>[] }) =>
      ask(question, ({ select }) =>
        select<T>({ message: question.message, choices: question.choices }, streams()),
      ),
    checkbox: <T>(question: Question & { readonly choices: readonly Choice<T>[] }) =>
      ask(question, ({ checkbox }) =>
        checkbox<T>({ message: question.message, choices: question.choices }, streams()),
      ),
    search: <T>(question: SearchQuestion<T>) =>
      ask(question, async ({ search }) => {
        const { input, ...others } = streams();
        input.on('keypress', clearOnEscape);
        try {
          return await search<T>(
            {
              message: question.message,
              source: async (typed) => await question.source(typed ?? ''),
              pageSize: choicesIn(stderr.rows, question.below),
            },
            { input, ...others },
          );
        } finally {
          input.off('keypress', clearOnEscape);
        }
      }),
  };
}

/** The library's own number, where the terminal is high enough. */
const MOST_CHOICES = 7;

function choicesIn(rows = 24, below = 2): number {
  return Math.max(1, Math.min(MOST_CHOICES, rows - below));
}

/** The library does nothing at Esc; Ctrl-U, as readline has it, empties the line. */
function clearOnEscape(this: Readable, _text: unknown, key?: { readonly name?: string }): void {
  if (key?.name === 'escape') this.emit('keypress', undefined, { name: 'u', ctrl: true });
}
