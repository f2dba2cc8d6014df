import { stringify } from 'yaml';
import type { Json } from '../core/json.ts';

/** A new YAML file, under a comment that says what it is. */
export function printYaml(value: Json, comment: string): string {
  const head = comment.split('\n').map((line) => `# ${line}`.trimEnd());
  return `${head.join('\n')}\n${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}
