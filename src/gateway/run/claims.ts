import { type DescribedTool, describedTool } from '../../calls/tool-claims.ts';
import { isRecord } from '../../core/json.ts';

/** What the server of a session says of its tools. */
export interface Claims {
  of(tool: string): DescribedTool;
  /** Takes in the result of a `tools/list`. */
  learn(result: Record<string, unknown>): void;
  /** Nothing holds any more: the list changed. */
  forget(): void;
  /** Lists the tools unless that was done: by the client, or by us. Never rejects. */
  complete(meta: Record<string, unknown>): Promise<void>;
}

export interface ClaimsOptions {
  /** Asks the server; one page. */
  list(params: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Gets the tools of each page, whoever asked for it. */
  learned?(tools: readonly unknown[]): void;
}

const NONE: DescribedTool = { intent: 'unknown', isIdempotent: false };
const MOST_PAGES = 1000;

export function createClaims({ list, learned }: ClaimsOptions): Claims {
  const known = new Map<string, DescribedTool>();
  let isWhole = false;
  let completing: Promise<void> | undefined;
  const learn = (result: Record<string, unknown>): void => {
    if (!Array.isArray(result.tools)) return;
    learned?.(result.tools);
    for (const tool of result.tools) {
      if (isRecord(tool) && typeof tool.name === 'string') known.set(tool.name, described(tool));
    }
    if (typeof result.nextCursor !== 'string') isWhole = true;
  };
  const listAll = async (meta: Record<string, unknown>): Promise<void> => {
    let cursor: unknown;
    for (let page = 0; page < MOST_PAGES && !isWhole; page += 1) {
      const result = await list({
        ...(cursor !== undefined && { cursor }),
        ...(Object.keys(meta).length > 0 && { _meta: meta }),
      });
      learn(result);
      if (!Array.isArray(result.tools) || result.nextCursor === cursor) return;
      cursor = result.nextCursor;
    }
  };
  return {
    learn,
    of: (tool) => known.get(tool) ?? NONE,
    forget() {
      known.clear();
      isWhole = false;
    },
    async complete(meta) {
      if (isWhole) return;
      completing ??= listAll(meta)
        .catch(() => {})
        .finally(() => {
          completing = undefined;
        });
      await completing;
    },
  };
}

/** What a call may need of it: its arguments are the client's business. */
function described(tool: Record<string, unknown>): DescribedTool {
  const { intent, isIdempotent, outputSchema } = describedTool(tool);
  return { intent, isIdempotent, ...(outputSchema && { outputSchema }) };
}
