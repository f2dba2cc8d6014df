import { durationOf } from '../core/duration.ts';
import { McpctlError } from '../core/errors.ts';

/** `500ms`, `30s`, `2m`, `1h`, `1d`, or a number of seconds, in milliseconds. @throws USAGE. */
export function parseDuration(text: string, flag: string): number {
  const milliseconds = durationOf(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new McpctlError('USAGE', `${flag} ${JSON.stringify(text)} is no duration.`, {
    hint: `For example: ${flag} 30s, ${flag} 500ms, ${flag} 2m`,
  });
}
