import type { ToolAnswer, ToolCall } from '../../calls/tool-call.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { createSchemaCheck } from '../../mcp/schema.ts';
import { unfitArguments } from '../../mcp/tool-arguments.ts';
import type { HubCall } from './call-tool.ts';
import { resultLine } from './messages.ts';

/** What a call is answered whose arguments do not fit its tool: a result, so that a model can mend them. */
export function createArgumentCheck(): (
  call: ToolCall,
  unchecked: NonNullable<HubCall['unchecked']>,
) => Promise<ToolAnswer | undefined> {
  const check = createSchemaCheck();
  return async (call, { server, tool }) => {
    // A stand-in has another schema, and its arguments were not written by anybody.
    if (call.server !== server || call.tool !== tool.name) return undefined;
    const args = call.args();
    const given = isRecord(args) ? (args as JsonObject) : {};
    const problems = await check(tool.inputSchema, given);
    if (problems.length === 0) return undefined;
    const { message, hint, code } = unfitArguments(tool, problems);
    const text = hint === undefined ? message : `${message} ${hint}.`;
    return {
      line: resultLine(call.id, { content: [{ type: 'text', text }], isError: true }),
      outcome: 'tool_error',
      errorType: code,
    };
  };
}
