import type { Example } from './example-type.ts';

export async function openExample(): Promise<Example> {
  return {
    env: {},
    call: { name: 'convert_length', arguments: { value: 1, from: 'mi', to: 'km' } },
    result: { structuredContent: { value: 1.609, unit: 'km' } },
    wrong: { value: 'one', from: 'mi', to: 'parsec' },
    resource: 'lengths://units',
    close: async () => {},
  };
}
