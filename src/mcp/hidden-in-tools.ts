import { hiddenIn } from '../core/hidden-characters.ts';
import { isRecord } from '../core/json.ts';
import type { Tool } from './tools.ts';

export interface HiddenInTool {
  readonly tool: string;
  /** E.g. `12 Unicode tags`. */
  readonly what: readonly string[];
}

/** The tools whose definitions hold characters nobody sees. */
export function hiddenInTools(tools: readonly Tool[]): HiddenInTool[] {
  return tools.flatMap((tool) => {
    const what = hiddenIn(textsIn(tool).join('\n'));
    return what.length > 0 ? [{ tool: tool.name, what }] : [];
  });
}

/** Every text a value holds, names of members among them. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]) : [];
}
