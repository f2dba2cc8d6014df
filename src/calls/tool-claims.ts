import { isRecord } from '../core/json.ts';
import { intentOf } from './call-facts.ts';
import type { ToolCall } from './tool-call.ts';

/** What a server says of a tool. */
export type ToolClaims = Pick<ToolCall, 'intent' | 'isIdempotent'>;

/** The claims in a tool's annotations. */
export function claimsOf(annotations: unknown): ToolClaims {
  const isIdempotent = isRecord(annotations) && annotations.idempotentHint === true;
  return { intent: intentOf(annotations), isIdempotent };
}
