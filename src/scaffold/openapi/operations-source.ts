import type { Json } from '../../core/json.ts';
import { printJson } from '../print-json.ts';
import type { ApiDescription } from './operation.ts';

/** `src/operations.ts` of a new server: the template's head, with these operations. */
export function operationsSource(template: string, { operations }: ApiDescription): string {
  const head = template.slice(0, template.indexOf('= ['));
  // Line separators end a line in some readers of source code.
  const list = JSON.stringify(operations, null, 2)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `${head}= ${list};\n`;
}

/** `operations.json` of a new server. */
export function operationsJson({ operations }: ApiDescription): string {
  return printJson(operations as unknown as Json);
}
