import type { Answers } from '../answers.ts';
import type { Variable } from '../variable.ts';
import { inText } from './renamed.ts';

const LICENCE_NOTES: Readonly<Record<Answers['licence'], string>> = {
  MIT: 'MIT, see [LICENSE](LICENSE).',
  'Apache-2.0': 'Apache License 2.0, see [LICENSE](LICENSE).',
  ISC: 'ISC, see [LICENSE](LICENSE).',
  UNLICENSED: 'All rights reserved.',
};

/** What the variant says of itself, its variables, then what is said of every server. */
export function readme(texts: readonly string[], answers: Answers, variables: readonly Variable[]): string {
  const [base = '', ...own] = texts.map((text) => inText(text, answers).trim());
  const parts = [
    `# ${answers.title}`,
    `${answers.description.replace(/\.$/, '')}.`,
    ...own,
    ...(answers.api ? [operationTable(answers.api.operations)] : []),
    '## Settings',
    variableTable(variables),
    'Values come from the environment; `docker compose` reads them from `.env`, which git ignores.',
    base,
    `## Licence\n\n${LICENCE_NOTES[answers.licence]}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function variableTable(variables: readonly Variable[]): string {
  const rows = variables.map(({ name, description, isRequired, isSecret, choices, ...rest }) => {
    const fallback = rest.default ? `\`${rest.default}\`` : isRequired ? 'needed' : '';
    const words = [
      description,
      ...(choices ? [`One of ${choices.join(', ')}.`] : []),
      ...(isSecret ? ['Secret.'] : []),
    ];
    return `| \`${name}\` | ${fallback} | ${cell(words.join(' '))} |`;
  });
  return ['| variable | default | |', '| --- | --- | --- |', ...rows].join('\n');
}

function operationTable(operations: NonNullable<Answers['api']>['operations']): string {
  const rows = operations.map(
    ({ name, method, path, title }) => `| \`${name}\` | \`${method} ${cell(path)}\` | ${cell(title)} |`,
  );
  return ['| tool | request | |', '| --- | --- | --- |', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll(/[|`<>\\]/g, '\\$&');
}
