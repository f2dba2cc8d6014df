import { isRecord, type Json } from '../../core/json.ts';
import type { Answers } from '../answers.ts';

/** The package of the new server: the base's, with the dependencies of every layer. */
export function packageJson(layers: readonly Record<string, Json>[], answers: Answers): string {
  const { name, description, licence, author, namespace } = answers;
  const [base = {}] = layers;
  const merged = {
    ...base,
    name,
    description,
    license: licence,
    author,
    mcpName: `${namespace}/${name}`,
    bin: { [name]: 'dist/main.js' },
    dependencies: union(layers, 'dependencies'),
    devDependencies: union(layers, 'devDependencies'),
    ...(licence === 'UNLICENSED' && { private: true }),
  };
  return `${JSON.stringify(merged, null, 2)}\n`;
}

function union(layers: readonly Record<string, Json>[], key: string): Record<string, Json> {
  const all = layers.flatMap((layer) => (isRecord(layer[key]) ? Object.entries(layer[key]) : []));
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, Json>;
}
