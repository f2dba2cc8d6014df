import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import { type Arguments, type Operation, requestOf } from './api/operation.ts';
import type { Api } from './api/request.ts';
import { answer, guard, ToolError } from './errors.ts';
import type { Log } from './log.ts';
import { operations } from './operations.ts';

/** A schema is compiled once, not for every connection. */
const TOOLS = operations.map((operation) => ({
  operation,
  input: fromJsonSchema<Arguments>(operation.inputSchema),
  output: fromJsonSchema<Record<string, unknown>>(operation.outputSchema),
}));

export function registerTools(server: McpServer, { api, log }: { api: Api; log: Log }): void {
  for (const { operation, input, output } of TOOLS) {
    const { name, title, description, annotations } = operation;
    server.registerTool(
      name,
      { title, description, inputSchema: input, outputSchema: output, annotations },
      (given, { mcpReq }) =>
        guard({ tool: name, log }, async () =>
          answer(await call({ operation, output, api }, given, mcpReq.signal)),
        ),
    );
  }
}

/** @throws ToolError API_ANSWER_UNEXPECTED when the API does not answer as its document says */
async function call(
  { operation, output, api }: { operation: Operation; output: (typeof TOOLS)[number]['output']; api: Api },
  given: Arguments,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { status, body } = await api.send({ ...requestOf(operation, given), signal });
  const value = { status, ...(body !== undefined && { body }) };
  const judged = await output['~standard'].validate(value);
  if (!judged.issues) return value;
  const why = judged.issues.map(({ message }) => message).join('; ');
  throw new ToolError('API_ANSWER_UNEXPECTED', `The API did not answer as its document says: ${why}`, {
    hint: `It answered ${status} with: ${JSON.stringify(body)?.slice(0, 4000)}`,
  });
}
