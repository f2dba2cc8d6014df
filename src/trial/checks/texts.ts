import { isRecord, type JsonObject } from '../../core/json.ts';
import { LIST_NAMES, nameOf } from '../definitions.ts';
import type { Scene } from '../scene.ts';

/** What a server says of something it offers, names of members left out. */
export interface SaidText {
  /** The tool, prompt or resource, or `instructions`. */
  readonly subject: string;
  readonly text: string;
}

/** Every text of the definitions, and the instructions. */
export async function definitionTexts(scene: Scene): Promise<SaidText[]> {
  const { lists, instructions } = await scene.definitions();
  const items = LIST_NAMES.flatMap((name) => lists[name].items);
  return [
    ...items.map((item) => ({ subject: nameOf(item), text: textsIn(item).join('\n') })),
    ...(instructions === '' ? [] : [{ subject: 'instructions', text: instructions }]),
  ];
}

/** What sample calls answered, errors included. */
export async function answerTexts(scene: Scene): Promise<SaidText[]> {
  return (await scene.samples()).map(({ tool, answer }) => ({
    subject: nameOf(tool),
    text:
      answer.kind === 'result'
        ? textsIn(answer.result).join('\n')
        : answer.kind === 'error'
          ? answer.message
          : '',
  }));
}

/** Errors and results with isError that were heard, whatever was asked. */
export function errorTexts({ talks }: Scene): string[] {
  return talks.flatMap(({ lines }) =>
    lines.flatMap(({ from, message }) => {
      if (from !== 'server') return [];
      const { error, result } = message as { error?: JsonObject; result?: JsonObject };
      if (error !== undefined) return [textsIn(error).join('\n')];
      return isRecord(result) && result.isError === true ? [textsIn(result).join('\n')] : [];
    }),
  );
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}
