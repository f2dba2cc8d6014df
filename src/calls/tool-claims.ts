import { isRecord, type JsonObject } from '../core/json.ts';
import { intentOf } from './call-facts.ts';
import type { ToolCall } from './tool-call.ts';

/** What a server says of a tool. */
export type ToolClaims = Pick<ToolCall, 'intent' | 'isIdempotent'>;

/** The same, with what its arguments and results are to be. */
export interface DescribedTool extends ToolClaims {
  readonly inputSchema?: JsonObject | undefined;
  readonly outputSchema?: JsonObject | undefined;
}

/** What the definition of a tool says. */
export function describedTool({
  annotations,
  inputSchema,
  outputSchema,
}: Readonly<Record<string, unknown>>): DescribedTool {
  return {
    ...claimsOf(annotations),
    ...(isRecord(inputSchema) && { inputSchema: inputSchema as JsonObject }),
    ...(isRecord(outputSchema) && { outputSchema: outputSchema as JsonObject }),
  };
}

/** The claims in a tool's annotations. */
export function claimsOf(annotations: unknown): ToolClaims {
  const isIdempotent = isRecord(annotations) && annotations.idempotentHint === true;
  return { intent: intentOf(annotations), isIdempotent };
}
