import { McpctlError } from '../../core/errors.ts';
import { STORE_NAME } from '../../settings/settings.ts';

/** @throws USAGE when the text names no store. */
export function checkStoreName(text: string): string {
  if (STORE_NAME.test(text)) return text;
  throw new McpctlError('USAGE', `${JSON.stringify(text)} is no place to keep a sign-in.`, {
    hint: 'Use keychain, file, memory, or helper:<program> for docker-credential-<program>.',
  });
}
