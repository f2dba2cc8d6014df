import type { Variable } from '../variable.ts';

/** `.env.example`: every variable, those with a default commented out. */
export function envExample(variables: readonly Variable[]): string {
  const blocks = variables.map((variable) => {
    const { name, description, choices, example, isRequired, isSecret } = variable;
    const facts = [
      ...(choices ? [`One of ${choices.join(', ')}.`] : []),
      ...(isRequired ? ['Needed.'] : []),
      ...(example ? [`Example: ${example}`] : []),
    ];
    const value = isSecret ? '' : (variable.default ?? '');
    return [`# ${[description, ...facts].join(' ')}`, `${isRequired ? '' : '# '}${name}=${value}`].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}
