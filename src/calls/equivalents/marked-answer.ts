import { isRecord, type JsonObject } from '../../core/json.ts';
import { splice } from '../../mcp/splice.ts';
import { parsedResult } from '../line-answer.ts';
import type { ToolAnswer } from '../tool-call.ts';

/** In the `_meta` of a result, and of the text in it that says the same in words. */
export const FALLBACK_META = 'mcpctl/fallback';

interface ToolName {
  readonly server: string;
  readonly tool: string;
}

export interface Mark {
  readonly for: ToolName;
  readonly by: ToolName;
  /** Code of the failure it stands in for. */
  readonly reason: string;
}

/** The answer of a stand-in, which says that it is one: in words for whoever reads, and in `_meta` for programs. */
export function markedAnswer({ line, outcome }: ToolAnswer, mark: Mark): ToolAnswer {
  const [meant, by] = [nameOf(mark.for), nameOf(mark.by)];
  const text = `Answered by ${by.tool} of ${by.server}: ${meant.tool} of ${meant.server} cannot be called at the moment (${mark.reason}).`;
  const result = parsedResult(line);
  const content = isRecord(result) && Array.isArray(result.content) ? (result.content as JsonObject[]) : [];
  const told = { type: 'text', text, _meta: { [FALLBACK_META]: true } };
  return {
    outcome,
    line: splice(line, [
      { path: ['result', 'content'], json: JSON.stringify([...content, told]) },
      {
        path: ['result', '_meta', FALLBACK_META],
        json: JSON.stringify({ for: meant, by, reason: mark.reason }),
      },
    ]),
  };
}

function nameOf({ server, tool }: ToolName): ToolName {
  return { server, tool };
}
