import { FALLBACK_META } from '../../calls/equivalents/marked-answer.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import type { OutputMode } from '../format/pipeline.ts';

/** What a step keeps of a tool's answer; images and files are not part of it. */
export interface StepAnswer {
  readonly structured?: Json;
  readonly texts: readonly string[];
}

export function answerFrom({ structuredContent, content }: JsonObject): StepAnswer {
  const items: unknown[] = Array.isArray(content) ? content : [];
  const texts = items.flatMap((item) => textOf(item));
  return { ...(structuredContent !== undefined && { structured: structuredContent }), texts };
}

function textOf(item: unknown): string[] {
  // That another tool answered is for whoever reads it, and no part of what it answered.
  if (!isRecord(item) || isMark(item)) return [];
  if (item.type === 'text' && typeof item.text === 'string') return [item.text];
  const { resource } = item;
  return isRecord(resource) && typeof resource.text === 'string' ? [resource.text] : [];
}

function isMark({ _meta }: Record<string, unknown>): boolean {
  return isRecord(_meta) && _meta[FALLBACK_META] === true;
}

/**
 * The output of a step: structured content, else the value of JSON in the only text, else the text.
 * @throws PIPELINE_OUTPUT when it has to be JSON and is not.
 */
export function outputFrom({ structured, texts }: StepAnswer, mode: OutputMode): Json {
  const text = texts.join('\n');
  if (mode === 'text') return text;
  if (structured !== undefined) return structured;
  // A number or a word alone is text that happens to be JSON too.
  const isMeant = mode === 'json' || /^\s*[[{]/.test(text);
  const parsed = texts.length === 1 && isMeant ? parse(text) : undefined;
  if (parsed !== undefined) return parsed;
  if (mode === 'auto') return text;
  throw new McpctlError('PIPELINE_OUTPUT', 'The tool answered, but not with JSON.', {
    hint: 'Set output: text for the step, or leave it out.',
  });
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
