import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Log } from './log.ts';

/** A failure the caller can do something about. Anything else thrown by a tool is a bug and stays in the log. */
export class ToolError extends Error {
  readonly code: string;
  /** What to try instead. */
  readonly hint: string | undefined;
  /** True when the same call may succeed later. */
  readonly isPassing: boolean;

  constructor(
    code: string,
    message: string,
    { hint, isPassing = false, cause }: { hint?: string; isPassing?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'ToolError';
    this.code = code;
    this.hint = hint;
    this.isPassing = isPassing;
  }
}

/** A result whose text is the structured value, for clients that read no structured content. */
export function answer(value: Record<string, unknown>): CallToolResult {
  return { structuredContent: value, content: [{ type: 'text', text: JSON.stringify(value) }] };
}

/** Runs a tool and turns what it throws into an error result with a stable code. */
export async function guard(
  { tool, log }: { readonly tool: string; readonly log: Log },
  run: () => CallToolResult | Promise<CallToolResult>,
): Promise<CallToolResult> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ToolError) {
      log.info('tool refused', { tool, code: error.code });
      return failure(error);
    }
    log.error('tool failed', { tool, error: error instanceof Error ? error.stack : String(error) });
    return failure(new ToolError('INTERNAL', 'The server failed. Its log says why.'));
  }
}

function failure({ code, message, hint, isPassing }: ToolError): CallToolResult {
  const text = [`${code}: ${message}`, ...(hint ? [hint] : [])].join('\n');
  return {
    isError: true,
    content: [{ type: 'text', text }],
    _meta: { error: { code, message, ...(hint && { hint }), isPassing } },
  };
}
