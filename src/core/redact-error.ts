import { type ErrorDetails, McpctlError } from './errors.ts';

/** The error with secrets taken out of everything that may be printed of it: messages, hint, data, causes, stacks. */
export function redactError(error: unknown, redact: (text: string) => string): unknown {
  return error instanceof Error ? redactLevel(error, redact, 0) : error;
}

const DEEPEST = 8;

function redactLevel(error: Error, redact: (text: string) => string, depth: number): Error {
  const cause =
    error.cause instanceof Error && depth < DEEPEST ? redactLevel(error.cause, redact, depth + 1) : undefined;
  const clean =
    error instanceof McpctlError
      ? redactKnown(error, cause, redact)
      : new Error(redact(error.message), { cause });
  clean.name = error.name;
  clean.stack = redact(error.stack ?? '');
  return clean;
}

function redactKnown(
  error: McpctlError,
  cause: Error | undefined,
  redact: (text: string) => string,
): McpctlError {
  const { code, message, hint, data } = error;
  const details: ErrorDetails = {
    ...(hint !== undefined && { hint: redact(hint) }),
    ...(data && { data: redactValue(data, redact) as Record<string, unknown> }),
    ...(cause && { cause }),
  };
  return new McpctlError(code, redact(message), details);
}

function redactValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactValue(item, redact)]),
  );
}
