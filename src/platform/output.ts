import { asKnown, McpctlError } from '../core/errors.ts';
import type { Env } from './env.ts';
import { createStyle, type Style } from './style.ts';

export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Env;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly noColor?: boolean;
  /** Hides secrets in whatever is printed; identity when nothing secret was resolved. */
  readonly redact?: (text: string) => string;
}

/** One answer on stdout, everything else on stderr; with `--json` exactly one document, also on failure. */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Colours for stderr. */
  readonly style: Style;
  /** Colours for stdout, where something else than one answer is written. */
  readonly answerStyle: Style;
  /** Where progress is drawn. */
  readonly stderr: OutputStream;
  /** Width of the answer in characters, unlimited (`Infinity`) when stdout is not a terminal. */
  readonly width: number;
  /** Prints the command's answer. At most once a command. */
  result<T>(value: T, render: (value: T, style: Style) => string): void;
  /** Prints a remark on stderr; silent with `--quiet`. */
  note(text: string): void;
  /** Prints a warning on stderr, `--quiet` or not. */
  warn(text: string): void;
  /** Prints a failure: code, message, hint, and with `--verbose` the causes. */
  failure(error: unknown): void;
}

export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, env, json = false, quiet = false, verbose = false, noColor = false } = options;
  const redact = options.redact ?? ((text: string) => text);
  const styleFor = (stream: OutputStream): Style =>
    createStyle({ env, isTerminal: Boolean(stream.isTTY), noColor });
  let answered = false;
  const answer = (text: string): void => {
    if (answered) throw new McpctlError('INTERNAL', 'A command answered twice.');
    answered = true;
    stdout.write(`${redact(text)}\n`);
  };
  return {
    json,
    quiet,
    verbose,
    get style() {
      return styleFor(stderr);
    },
    get answerStyle() {
      return styleFor(stdout);
    },
    stderr,
    width: stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    result(value, render) {
      if (json) answer(JSON.stringify({ ok: true, data: value }, null, 2));
      else {
        const text = render(value, styleFor(stdout));
        if (text !== '') answer(text);
      }
    },
    note(text) {
      if (!quiet) stderr.write(`${redact(text)}\n`);
    },
    warn(text) {
      stderr.write(`${styleFor(stderr).yellow('warning')} ${redact(text)}\n`);
    },
    failure(error) {
      const known = asKnown(error);
      const style = styleFor(stderr);
      if (json && !answered) {
        const { code, message, hint, data } = known;
        answer(JSON.stringify({ ok: false, error: { code, message, hint, ...(data && { data }) } }, null, 2));
        return;
      }
      const lines = [`${style.red('error')} ${style.dim(known.code)} ${known.message}`];
      if (known.hint) lines.push(`${style.cyan('  try')} ${known.hint.replaceAll('\n', '\n      ')}`);
      if (verbose) lines.push(...causesOf(known).map((line) => style.dim(`      ${line}`)));
      stderr.write(`${redact(lines.join('\n'))}\n`);
    },
  };
}

function causesOf(error: Error): string[] {
  const lines: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < 8; depth += 1) {
    // Stacks, never the error objects: a library's error may carry requests or tokens as properties.
    lines.push(...(current.stack ?? current.message).split('\n'));
    current = current.cause;
  }
  return lines;
}
