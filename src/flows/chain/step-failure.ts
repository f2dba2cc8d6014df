import { isUnsent } from '../../calls/failure.ts';
import { plainText } from '../../cli/terminal-text.ts';
import { McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { answerFrom } from '../../pipelines/run/answer.ts';
import type { CallResult, StepCall } from '../../pipelines/run/ports.ts';

/** The server answered, with a refusal. */
const ANSWERED = new Set<string>(['SERVER_ERROR', 'SIGN_IN_NEEDED', 'SCOPE_REFUSED']);

/** What a call without an answer came to. */
export function failureOf(error: McpctlError, isSent: boolean): CallResult {
  if (!isSent) return { kind: 'failed', error, isSent };
  if (ANSWERED.has(error.code) || isRefusal(error)) return { kind: 'failed', error, isSent };
  // Of a call that could not be recorded the log says that it was not sent, whatever it was.
  if (isUnsent(error) && error.code !== 'AUDIT_UNWRITABLE') return { kind: 'failed', error, isSent: false };
  return { kind: 'unknown', error };
}

/** An HTTP status that says the request was not carried out. */
function isRefusal({ data }: McpctlError): boolean {
  const status = data?.status;
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408;
}

const LONGEST_REASON = 2000;

/** Why a step failed, in the words of its tool. */
export function toolFailed({ server, tool }: StepCall, result: JsonObject): McpctlError {
  const text = plainText(answerFrom(result).texts.join('\n')).trim() || 'it gave no reason';
  const reason = text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
  return new McpctlError('CALL_FAILED', `${tool} of ${server} failed: ${reason}`, {
    hint: `See what it takes: mcpctl tools ${server} ${tool}`,
    data: { server, tool },
  });
}
