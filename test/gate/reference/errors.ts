import { ERROR_CODES, type ErrorCode } from '../../../src/core/error-codes.ts';
import { REMEDIES } from '../../../src/core/error-remedies.ts';
import { markdownTable, page } from './markdown.ts';

const EXITS = [
  ['0', 'it worked'],
  ['1', 'it failed'],
  ['2', 'the arguments do not fit'],
  ['3', 'a configuration is not valid'],
  ['4', 'a sign-in is needed'],
  ['5', 'something is not available or not healthy'],
  ['6', 'refused by a rule'],
  ['70', 'a bug in mcpctl'],
  ['130', 'you stopped it'],
];

/** docs/reference/errors.md: one section a code, so that a link can name it. */
export function errorsPage(): string {
  const known = Object.keys(ERROR_CODES).sort() as ErrorCode[];
  const sections = known.flatMap((name) => [
    `## ${name}`,
    ERROR_CODES[name].meaning,
    `What to do: ${REMEDIES[name]}`,
    `Exit status ${ERROR_CODES[name].exit}.`,
  ]);
  return page('Errors', 'src/core/error-codes.ts', [
    'Every failure prints a code, what happened, and what to do. `--verbose` prints the causes as well, `--json` the same as a document.',
    markdownTable(['exit status', 'meaning'], EXITS),
    ...sections,
    '## What doctor finds',
    'These are findings, not failures; [their page](doctor.md) has all of them. `mcpctl doctor` exits with 5 when one of them is an error.',
  ]);
}
