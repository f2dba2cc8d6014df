import { z } from 'zod';
import { closest } from '../../core/closest.ts';
import { isRecord } from '../../core/json.ts';
import type { DocumentPath } from '../../documents/document.ts';
import type { Findings } from './problems.ts';
import { pipelineSchema } from './schema.ts';

type Issue = NonNullable<ReturnType<typeof pipelineSchema.safeParse>['error']>['issues'][number];

/** Tells what the schema says of a file, in the words of who wrote it. */
export function tellShape(issue: Issue, document: unknown, findings: Findings): void {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const where = placeOf(path, document);
  if (issue.code !== 'unrecognized_keys') {
    const example = EXAMPLES[String(path.at(-1))] ?? (path[0] === 'inputs' ? EXAMPLES.inputs : undefined);
    findings.add({
      code: 'PIPELINE_SHAPE',
      message: `${where} ${flawOf(issue, valueAt(document, path))}`,
      hint: example === undefined ? BEGIN : `For example: ${example}`,
      path,
    });
    return;
  }
  const known = knownKeys(path);
  for (const key of issue.keys) {
    const [near] = closest(key, known);
    findings.add({
      code: 'PIPELINE_KEY_UNKNOWN',
      message: `${where} has no ${key}`,
      hint: near ? `Did you mean: ${near}` : `There are: ${known.join(', ')}`,
      path: [...path, key],
      at: 'key',
    });
  }
}

const BEGIN = 'To begin with an example: mcpctl chain init';

/** What a key may hold, for those who wrote something else. */
const EXAMPLES: Readonly<Record<string, string>> = {
  call: 'call: github.get_me',
  compensate:
    'compensate: { call: linear.save_issue, with: { id: "${{ steps.issue.output.id }}", state: Canceled } }',
  default: 'default: main',
  duration: 'duration: 10m',
  fallback: 'fallback: { value: none }, or { call: server.tool, with: {} }',
  forEach: 'forEach: { items: "${{ inputs.names }}", limit: 10 }',
  id: 'id: find-issue',
  if: "if: steps.find.status == 'ok'",
  inputs: 'inputs: { repo: { description: Name of the repository } }',
  limits: 'limits: { steps: 50, duration: 10m, parallel: 4 }',
  needs: 'needs: [find-issue]',
  onError: 'onError: continue',
  outputs: 'outputs: { title: "${{ steps.pr.output.title }}" }',
  pause: 'pause: 2s',
  publish: 'publish: true, or { name: triage, description: Files an issue }',
  retry: 'retry: { attempts: 3, pause: 2s }',
  steps: 'steps: [{ id: me, call: github.get_me }]',
  timeout: 'timeout: 30s',
  type: 'type: integer',
  with: 'with: { owner: octocat }',
};

/** A step by its name, where it has one: nobody counts from 0. */
function placeOf(path: DocumentPath, document: unknown): string {
  const [first, index, ...rest] = path;
  if (first === undefined) return 'a pipeline';
  if (first !== 'steps' || typeof index !== 'number') return path.join('.');
  const id = valueAt(document, ['steps', index, 'id']);
  const step = `step ${typeof id === 'string' && id !== '' ? id : index + 1}`;
  return rest.length === 0 ? step : `${step}: ${rest.join('.')}`;
}

function flawOf(issue: Issue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return 'is missing';
  if (issue.code === 'invalid_type')
    return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${kindOf(value)}`;
  if (issue.code === 'invalid_value')
    return `must be ${listed(issue.values.map(String))}, not ${JSON.stringify(value)}`;
  if (issue.code === 'invalid_union') return `cannot be ${kindOf(value)} like this`;
  if (
    issue.code === 'too_small' &&
    Number(issue.minimum) === 1 &&
    issue.origin !== 'number' &&
    issue.origin !== 'int'
  ) {
    return 'is empty';
  }
  if (issue.code === 'too_small') return `must be ${issue.minimum} or more`;
  if (issue.code === 'too_big') return `must be ${issue.maximum} or less`;
  return issue.message;
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a text',
};

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a mapping';
  return typeof value === 'string' ? 'a text' : `the ${typeof value} ${String(value)}`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function valueAt(value: unknown, path: DocumentPath): unknown {
  let found = value;
  for (const part of path) {
    if (typeof part === 'number') found = Array.isArray(found) ? found[part] : undefined;
    else found = isRecord(found) && Object.hasOwn(found, part) ? found[part] : undefined;
  }
  return found;
}

/** Keys that may stand at a path. */
function knownKeys(path: DocumentPath): string[] {
  let schema: unknown = pipelineSchema;
  for (const part of path) schema = memberSchema(bare(schema), part);
  const found = bare(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape).filter((key) => key !== '$schema') : [];
}

function memberSchema(schema: unknown, key: string | number): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

/** What has keys, of a schema that may be left out or be something else. */
function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return bare(schema.unwrap());
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options.find((option: unknown) => option instanceof z.ZodObject) ?? schema;
}
