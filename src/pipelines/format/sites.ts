import { isRecord, type Json } from '../../core/json.ts';
import type { DocumentPath } from '../../documents/document.ts';
import type { PipelineFile, StepFile } from './schema.ts';

/** A text of the file that may hold expressions. */
export interface Site {
  readonly text: string;
  readonly path: DocumentPath;
  /** The whole text is an expression, with its braces or without. */
  readonly isExpression: boolean;
  /** Within a step: may it read the loop's `item`, and its own output. */
  readonly step?: { readonly id: string; readonly isLoop: boolean; readonly isCompensation: boolean };
}

/** Every text of a step that may hold expressions; `index` is its place among the steps. */
export function sitesOfStep(step: StepFile, index: number): Site[] {
  const at = (...rest: (string | number)[]): DocumentPath => ['steps', index, ...rest];
  const facts = { id: step.id, isLoop: step.forEach !== undefined, isCompensation: false };
  const texts = (value: unknown, path: DocumentPath, of = facts): Site[] =>
    textsIn(value, path).map((found) => ({ ...found, isExpression: false, step: of }));
  const whole = (text: string, path: DocumentPath, isLoop: boolean): Site => ({
    text,
    path,
    isExpression: true,
    step: { ...facts, isLoop },
  });
  const { items } = step.forEach ?? {};
  return [
    ...texts(step.with, at('with')),
    ...(step.if === undefined ? [] : [whole(step.if, at('if'), false)]),
    ...(typeof items === 'string' ? [whole(items, at('forEach', 'items'), false)] : []),
    ...(Array.isArray(items) ? texts(items, at('forEach', 'items'), { ...facts, isLoop: false }) : []),
    ...texts(step.fallback?.with, at('fallback', 'with')),
    ...texts(step.fallback?.value, at('fallback', 'value')),
    ...texts(step.compensate?.with, at('compensate', 'with'), { ...facts, isCompensation: true }),
  ];
}

export function sitesOf(file: PipelineFile): Site[] {
  const outputs = textsIn(file.outputs, ['outputs']).map((found) => ({ ...found, isExpression: false }));
  return [...file.steps.flatMap(sitesOfStep), ...outputs];
}

/** Every text in a value, with its path. */
export function textsIn(value: unknown, path: DocumentPath): { text: string; path: DocumentPath }[] {
  if (typeof value === 'string') return [{ text: value, path }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => textsIn(member as Json, [...path, key]));
}
