import { closest } from '../../core/closest.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { hasReference } from '../../core/reference.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import type { DocumentPath } from '../../documents/document.ts';
import { checkSchema } from '../../mcp/schema.ts';
import type { Findings } from './problems.ts';
import { DEFAULT_LIMITS, type InputFile, type PipelineFile } from './schema.ts';
import { textsIn } from './sites.ts';

/** Judges names, order and inputs of a file: what its schema alone cannot say. */
export async function checkSteps(file: PipelineFile, findings: Findings): Promise<void> {
  checkNames(file, findings);
  checkPublished(file, findings);
  checkCount(file, findings);
  checkTexts(file, findings);
  for (const [name, input] of Object.entries(file.inputs ?? {})) await checkInput(name, input, findings);
}

function checkNames({ steps }: PipelineFile, findings: Findings): void {
  const ids = steps.map(({ id }) => id);
  for (const [index, { id, needs = [] }] of steps.entries()) {
    if (ids.indexOf(id) < index) {
      findings.add({
        code: 'STEP_DUPLICATE',
        message: `there are two steps ${id}`,
        hint: 'Give each step a name of its own.',
        path: ['steps', index, 'id'],
      });
    }
    for (const [place, name] of needs.entries()) {
      if (ids.includes(name) && name !== id) continue;
      const [near] = closest(name, ids);
      findings.add({
        code: 'STEP_UNKNOWN',
        message: name === id ? `step ${id} needs itself` : `there is no step ${name}`,
        hint: near !== undefined && near !== id ? `Did you mean: ${near}` : `There are: ${ids.join(', ')}`,
        path: ['steps', index, 'needs', place],
      });
    }
  }
}

/** Models choose tools by what is said of them. */
function checkPublished({ publish = false, description }: PipelineFile, findings: Findings): void {
  const own = typeof publish === 'object' ? publish.description : undefined;
  if (publish === false || own !== undefined || description !== undefined) return;
  findings.add({
    code: 'PUBLISH_UNDESCRIBED',
    severity: 'warning',
    message: 'it is published, and nothing says what it does',
    hint: 'Add a description: clients choose tools by it.',
    path: ['publish'],
  });
}

function checkCount({ steps, limits }: PipelineFile, findings: Findings): void {
  const most = limits?.steps ?? DEFAULT_LIMITS.steps;
  if (steps.length <= most) return;
  findings.add({
    code: 'STEPS_TOO_MANY',
    message: `there are ${steps.length} steps, and a run may make ${most} calls`,
    hint: `Raise limits.steps, or make two pipelines of it.`,
    path: ['steps'],
    at: 'key',
  });
}

/** Steps that wait for each other; `after` is what each waits for. */
export function checkCycles(
  steps: readonly { readonly id: string; readonly after: readonly string[] }[],
  findings: Findings,
): void {
  const after = new Map(steps.map(({ id, after: named }) => [id, named]));
  const done = new Set<string>();
  const visit = (id: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(id)) return [...way.slice(way.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const next of after.get(id) ?? []) {
      const found = visit(next, [...way, id]);
      if (found) return found;
    }
    done.add(id);
    return undefined;
  };
  for (const [index, { id }] of steps.entries()) {
    const cycle = visit(id, []);
    if (!cycle) continue;
    findings.add({
      code: 'STEP_CYCLE',
      message: `steps wait for each other: ${cycle.join(' → ')}`,
      hint: 'Take one of them out of needs, or out of the expressions.',
      path: ['steps', index],
    });
    return;
  }
}

function checkTexts(file: PipelineFile, findings: Findings): void {
  for (const { text, path } of textsIn(file, [])) {
    const key = String(path.at(-1) ?? '');
    const found = findLiteralSecret(key, text);
    if (found) {
      findings.add({
        code: 'SECRET_LITERAL',
        message: `${path.join('.')} holds a secret (${found.kind})`,
        hint: 'Give it to the server instead: mcpctl secret set, and a reference in the manifest.',
        path,
      });
    } else if (isArgument(path) && hasReference(text)) {
      findings.add({
        code: 'REFERENCE_NOT_RESOLVED',
        message: `${path.join('.')} refers to a secret or a variable, which a pipeline does not read`,
        hint: 'Make it an input, or leave it to the server. Expressions have two braces: ${{ inputs.name }}',
        path,
      });
    }
  }
}

/** Keys that would be lost or worse, in a file as it was read. */
export function checkKeys(value: unknown, findings: Findings): void {
  for (const path of unsafeKeys(value, [])) {
    findings.add({
      code: 'UNSAFE_KEY',
      message: 'no key may be named "__proto__"',
      hint: 'Choose another name.',
      path,
      at: 'key',
    });
  }
}

function isArgument(path: DocumentPath): boolean {
  return path.includes('with') || path.includes('value') || path[0] === 'outputs';
}

function unsafeKeys(value: unknown, path: DocumentPath): DocumentPath[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => unsafeKeys(item, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key === '__proto__' ? [[...path, key]] : []),
    ...unsafeKeys(member, [...path, key]),
  ]);
}

async function checkInput(name: string, input: InputFile, findings: Findings): Promise<void> {
  if (input.required === true && input.default !== undefined) {
    findings.add({
      code: 'INPUT_INVALID',
      message: `input ${name} is required and has a default`,
      hint: 'Leave out one of the two.',
      path: ['inputs', name, 'default'],
    });
  }
  if (input.default === undefined) return;
  const { problems } = await checkSchema(inputSchemaOf(input), input.default);
  for (const { path, message } of problems) {
    findings.add({
      code: 'INPUT_INVALID',
      message: `the default of ${name}${path === '' ? '' : ` at ${path}`} ${message}`,
      hint: 'Change the default or the type.',
      path: ['inputs', name, 'default'],
    });
  }
}

/** One input as JSON Schema. */
export function inputSchemaOf({
  type = 'string',
  description,
  default: fallback,
  enum: values,
}: InputFile): JsonObject {
  return {
    type,
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    ...(values && { enum: values }),
  } as JsonObject;
}
